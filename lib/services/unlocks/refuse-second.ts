import { formatActor } from "#lib/domain/actor.ts";
import type { HalfSighting } from "#lib/domain/half.ts";
import type { Unlock } from "#lib/domain/unlock.ts";
import { AppError } from "#lib/services/errors.ts";
import { answerInTime } from "#lib/services/in-time.ts";
import type { Context } from "#lib/services/ports/context.ts";
import { turnDown } from "./record-attempt.ts";

/**
 * Refuses a second unlock before AWS is asked for anything, so that whoever comes second knows even while AWS is slow. It is a
 * courtesy: only the commit of an intent decides who is first.
 */
export async function refuseWhileUnlocking(
  ctx: Context,
  record: Unlock,
  sightings: readonly HalfSighting[],
): Promise<void> {
  const { lockKey } = record;
  const [other] = await answerInTime(ctx, ctx.unlocks.list({ lockKey, outcome: "unknown", limit: 1 }));
  if (other !== undefined) await refuseSecond(ctx, record, { sightings, other });
}

/** A second unlock of a lock whose first has no outcome yet is refused, on the record, and told whom to wait for. */
export async function refuseSecond(
  ctx: Context,
  record: Unlock,
  { sightings, other }: { sightings: readonly HalfSighting[]; other: Unlock },
): Promise<never> {
  const problem = `This lock is already being unlocked by ${formatActor(other.actor)} (record ${other.id}).`;
  await turnDown(ctx, record, { because: "in_progress", message: `${problem} Nothing was deleted.`, sightings });
  throw new AppError(problem, {
    code: "in_progress",
    hint: `Wait for the outcome of that record: GET /api/v1/unlocks/${other.id}.`,
  });
}
