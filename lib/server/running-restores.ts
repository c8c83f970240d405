import "server-only";
import type { Restore } from "#lib/domain/restore.ts";
import type { Context } from "#lib/services/ports/context.ts";
import type { RestoreRequest } from "#lib/services/restores/restore-record.ts";
import { restoreUnlock } from "#lib/services/restores/restore-unlock.ts";
import { scheduleCheckpoint } from "./checkpoints.ts";
import { lookAgain } from "./running-unlocks.ts";
import { isDraining, runToEnd } from "./running-work.ts";

/**
 * Runs a restore to its end whatever becomes of the request that asked for it, and then looks at its sources again, so that
 * the list shows the lock that is back.
 */
export async function runRestore(ctx: Context, request: RestoreRequest): Promise<Restore> {
  const restore = await runToEnd(() => restoreUnlock(ctx, request));
  scheduleCheckpoint();
  if (!isDraining()) void lookAgain(ctx, restore);
  return restore;
}
