import { PGlite } from "@electric-sql/pglite";
import type { SqlMigrationAwareDriverAdapterFactory } from "@prisma/driver-adapter-utils";
import { PrismaPGlite } from "pglite-prisma-adapter";
import { withScripts } from "./schema-engine.ts";

/** The migration adapter of an embedded database; its own `executeScript` neither waits nor reports errors. */
export function migrationAdapterOf(pglite: PGlite): SqlMigrationAwareDriverAdapterFactory {
  const main = withScripts(new PrismaPGlite(pglite), (_, script) => pglite.exec(script));
  return {
    ...main,
    connectToShadowDb: async () => {
      const memory = await PGlite.create();
      const adapter = await withScripts(new PrismaPGlite(memory), (_, script) => memory.exec(script)).connect();
      return { ...adapter, dispose: () => memory.close() };
    },
  };
}
