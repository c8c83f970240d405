import "server-only";
import type { HalfAddress } from "#lib/domain/half.ts";
import type { Unlock } from "#lib/domain/unlock.ts";
import type { Context } from "#lib/services/ports/context.ts";
import { scanSource } from "#lib/services/sources/scan-sources.ts";
import { forceUnlock, type WaitingUnlock } from "#lib/services/unlocks/force-unlock.ts";
import type { UnlockRequest } from "#lib/services/unlocks/unlock-record.ts";
import { scheduleCheckpoint } from "./checkpoints.ts";
import { logger } from "./logger.ts";
import { isDraining, runToEnd } from "./running-work.ts";

/**
 * Runs an unlock to its end whatever becomes of the request that asked for it, and then looks at its sources again, so that
 * the list shows who holds the lock now.
 */
export async function runUnlock(ctx: Context, request: UnlockRequest): Promise<Unlock | WaitingUnlock> {
  const unlock = await runToEnd(() => forceUnlock(ctx, request));
  scheduleCheckpoint();
  if (unlock.outcome === "waiting") return unlock;
  if (!isDraining()) void lookAgain(ctx, unlock);
  return unlock;
}

/** Sweeps the sources of a record's halves again; never throws, as nobody waits for it. */
export async function lookAgain(ctx: Context, record: { readonly halves: readonly HalfAddress[] }): Promise<void> {
  const ids = new Set(record.halves.map((half) => half.sourceId));
  for (const source of ctx.sources) {
    if (!ids.has(source.id)) continue;
    await scanSource(ctx, source, ctx.now()).catch((error: unknown) => {
      logger.warn({ sourceId: source.id, cause: String(error) }, "could not look again after an unlock");
    });
  }
}
