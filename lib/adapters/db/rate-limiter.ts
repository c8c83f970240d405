import { createHash } from "node:crypto";
import { decideRate } from "#lib/domain/access/rate.ts";
import type { RateLimiter } from "#lib/services/ports/people.ts";
import type { Database } from "./database.ts";
import { Prisma } from "./generated/client.ts";
import { read } from "./transaction.ts";

const DROP_EVERY_MS = 60_000;
const DROPPED_MAX = 10_000;
/** The database's clock, which is one for all replicas; read anew after a wait for somebody else's row. */
const NOW_MS = Prisma.sql`floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint`;

/** Counts in the database. Each take is one statement that waits for the one before it, so none is ever lost. */
export function createRateLimiter(database: Database): RateLimiter {
  const { prisma } = database;
  let droppedMs = Number.NEGATIVE_INFINITY;

  /** Beside the takes and never waiting for one, so that they cannot block each other. */
  async function dropExpired(): Promise<void> {
    if (performance.now() - droppedMs < DROP_EVERY_MS) return;
    droppedMs = performance.now();
    await prisma.$executeRaw`
      DELETE FROM rate_take WHERE key_hash IN (
        SELECT key_hash FROM rate_take WHERE expires_at_ms < ${NOW_MS} LIMIT ${DROPPED_MAX} FOR UPDATE SKIP LOCKED)`;
  }

  return {
    take: (key, rule) =>
      read(database, async () => {
        const { limit, perMs } = rule;
        const keyHash = createHash("sha256").update(key).digest("hex");
        // Only the first `limit` of a row count: what stands behind them was refused. A clock that was set back hides nothing for long.
        const [row] = await prisma.$queryRaw<{ atMs: readonly string[] }[]>`
          INSERT INTO rate_take AS known (key_hash, taken_at_ms, expires_at_ms)
          VALUES (${keyHash}, ARRAY[${NOW_MS}], ${NOW_MS} + ${perMs}::bigint)
          ON CONFLICT (key_hash) DO UPDATE SET
            taken_at_ms = ARRAY(
              SELECT at_ms FROM unnest(known.taken_at_ms[1:${limit}::int]) WITH ORDINALITY AS taken (at_ms, position)
              WHERE abs(${NOW_MS} - at_ms) < ${perMs}::bigint ORDER BY position) || ${NOW_MS},
            expires_at_ms = ${NOW_MS} + ${perMs}::bigint
          RETURNING taken_at_ms::text[] AS "atMs"`;
        if (row === undefined) throw new Error("The database did not say how often this was asked for.");
        await dropExpired();
        return decideRate(row.atMs.map(Number), rule);
      }),
  };
}
