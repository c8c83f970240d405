import type { HalfSighting } from "#lib/domain/half.ts";
import {
  type HalfOutcome,
  type HolderNow,
  orderHalves,
  type Unlock,
  type UnlockHalf,
  type UnlockOutcome,
} from "#lib/domain/unlock.ts";
import { AppError } from "./errors.ts";
import type { Context } from "./ports.ts";
import { describeStep, endRecord, recordHalf } from "./unlock-record.ts";

/** Ends an unlock that never came to an intent. It is on the record all the same, or it is not answered. */
export async function endWithoutIntent(
  ctx: Context,
  record: Unlock,
  end: { outcome: UnlockOutcome; halves: readonly UnlockHalf[]; holderNow: HolderNow | null },
): Promise<Unlock> {
  const ended = endRecord(record, { ...end, atMs: ctx.now() });
  ctx.counters.unlockEnded(end.outcome);
  const begun = await ctx.unlocks.recordEnded(ended, describeStep(ctx, "unlock.refused", ended));
  return begun.verdict === "repeated" ? repeat(begun.unlock, record) : ended;
}

/** The record of every half when all have the same outcome. */
export function recordAll(
  ctx: Context,
  sightings: readonly HalfSighting[],
  outcome: HalfOutcome,
  detail: string,
): readonly UnlockHalf[] {
  return orderHalves(sightings).map((sighting) => recordHalf(ctx, sighting, { outcome, detail, awsRequestIds: [] }));
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
