import type { NextConfig } from "next";

const config: NextConfig = {
  // Lets two builds of one tree stand side by side.
  distDir: process.env["LOCKKEEPER_DIST_DIR"] ?? ".next",
  poweredByHeader: false,
  typedRoutes: true,
  // `npm test` checks types, of the tests too; whoever starts the product need not wait for it.
  typescript: { ignoreBuildErrors: true },
  images: { unoptimized: true },
  experimental: {
    // Next cuts off what is more without a word. A cut body is still longer than any that a route takes, and answers 413.
    proxyClientMaxBodySize: 640 * 1024,
  },
  // These keep native or WASM files beside their code, which a bundle would lose.
  serverExternalPackages: [
    "@electric-sql/pglite",
    "pglite-prisma-adapter",
    "pg-boss",
    "@prisma/schema-engine-wasm",
    "pino",
  ],
};

export default config;
