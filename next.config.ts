import type { NextConfig } from "next";

const config: NextConfig = {
  // Lets two builds of one tree stand side by side.
  distDir: process.env["LOCKKEEPER_DIST_DIR"] ?? ".next",
  poweredByHeader: false,
  typedRoutes: true,
  images: { unoptimized: true },
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
