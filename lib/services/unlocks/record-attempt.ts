import type { HalfSighting } from "#lib/domain/half.ts";
import { type HolderNow, orderHalves, type Unlock, type UnlockHalf, type UnlockOutcome } from "#lib/domain/unlock.ts";
import { stepHalf, type TurnDown } from "#lib/domain/unlock-half-machine.ts";
import { stepUnlock } from "#lib/domain/unlock-machine.ts";
import { AppError } from "#lib/services/errors.ts";
import { recordInTime } from "#lib/services/in-time.ts";
import type { Context } from "#lib/services/ports/context.ts";
import { describeStep, endRecord, recordHalf } from "./unlock-record.ts";

/** Ends an unlock for which nothing was read: the whole and each half have the outcome that belongs to the reason. */
export function turnDown(
  ctx: Context,
  record: Unlock,
  why: { because: TurnDown; message: string; sightings: readonly HalfSighting[]; holderNow?: HolderNow | null },
): Promise<Unlock> {
  const { because, message, sightings, holderNow = null } = why;
  const half = stepHalf("requested", { kind: "turned_down", because, message });
  const state = { outcome: half.state, detail: half.detail, awsRequestIds: [] };
  return endWithoutIntent(ctx, record, {
    outcome: stepUnlock("requested", { kind: "turned_down", because }).state,
    halves: orderHalves(sightings).map((sighting) => recordHalf(ctx, sighting, state)),
    holderNow,
  });
}

/** Ends an unlock that never came to an intent. It is on the record all the same, or it is not answered. */
export async function endWithoutIntent(
  ctx: Context,
  record: Unlock,
  end: { outcome: UnlockOutcome; halves: readonly UnlockHalf[]; holderNow: HolderNow | null },
): Promise<Unlock> {
  const ended = endRecord(record, { ...end, atMs: ctx.now() });
  const entry = describeStep(ctx, "unlock.refused", ended);
  const begun = await recordInTime(ctx, () => ctx.unlocks.recordEnded(ended, entry));
  ctx.counters.unlockEnded(end.outcome);
  return begun.verdict === "repeated" ? repeat(begun.unlock, record) : ended;
}

/** The same key with the same wish gets the same answer; with another wish it is a mistake. */
export function repeat(
  earlier: Unlock,
  request: { reason: string; lockId: string | null; fingerprint: string } & ({ key: string } | { lockKey: string }),
): Unlock {
  const lockKey = "key" in request ? request.key : request.lockKey;
  const isSame =
    earlier.lockKey === lockKey &&
    earlier.lockId === request.lockId &&
    earlier.fingerprint === request.fingerprint &&
    earlier.reason === request.reason;
  if (isSame) return earlier;
  throw new AppError("This Idempotency-Key was used for another unlock.", {
    code: "invalid",
    hint: "Send a new Idempotency-Key for every unlock, and the old one only to repeat the same request.",
  });
}
