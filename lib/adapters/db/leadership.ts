import { createHash } from "node:crypto";
import type { Leadership } from "#lib/services/ports/context.ts";
import type { Database } from "./database.ts";
import { toDatabaseError } from "./database-error.ts";

/** Leaders by advisory lock; the embedded database has one process, so there it is enough to ask this one. */
export function createLeadership(database: Database): Leadership {
  const led = new Set<string>();
  return {
    async lead(name, work) {
      if (led.has(name)) return null;
      led.add(name);
      try {
        if (database.holdLock === null) return await work();
        const held = await database.holdLock(lockNumberOf(name)).catch((error: unknown) => {
          throw toDatabaseError(error, "say who leads", database.hint);
        });
        if (held === null) return null;
        try {
          return await work();
        } finally {
          await held.release();
        }
      } finally {
        led.delete(name);
      }
    },
  };
}

/** 63 bits of a hash: names never meet by accident, and never the fixed numbers of the trail and the migrations. */
function lockNumberOf(name: string): bigint {
  return createHash("sha256").update(`lockkeeper leader ${name}`).digest().readBigUInt64BE() >> 1n;
}
