declare module "dynalite" {
  import type { Server } from "node:http";

  /** An emulated DynamoDB as an HTTP server; in memory when no path is given. */
  // biome-ignore lint/style/noDefaultExport: the package is CommonJS and exports one function.
  export default function dynalite(options?: {
    path?: string;
    createTableMs?: number;
    deleteTableMs?: number;
    updateTableMs?: number;
  }): Server;
}
