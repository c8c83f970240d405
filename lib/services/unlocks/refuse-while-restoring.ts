import { formatActor } from "#lib/domain/actor.ts";
import type { HalfSighting } from "#lib/domain/half.ts";
import type { Unlock } from "#lib/domain/unlock.ts";
import { AppError } from "#lib/services/errors.ts";
import { answerInTime } from "#lib/services/in-time.ts";
import type { Context } from "#lib/services/ports/context.ts";
import { turnDown } from "./record-attempt.ts";

/**
 * Refuses an unlock, on the record, while an undo of this lock has no outcome. To be asked after the fresh read: whatever a put
 * of ours made it see, the intent of that put was on record before.
 */
export async function refuseWhileRestoring(
  ctx: Context,
  record: Unlock,
  sightings: readonly HalfSighting[],
): Promise<void> {
  const [restore] = await answerInTime(ctx, ctx.restores.listUnsettled(record.lockKey));
  if (restore === undefined) return;
  const problem = `This lock is being restored by ${formatActor(restore.actor)} (restore ${restore.id} of unlock ${restore.unlockId}).`;
  await turnDown(ctx, record, { because: "in_progress", message: `${problem} Nothing was deleted.`, sightings });
  throw new AppError(problem, {
    code: "in_progress",
    hint: `Wait for the outcome of that restore: GET /api/v1/unlocks/${restore.unlockId}.`,
  });
}
