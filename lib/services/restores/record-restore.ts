import type { Restore } from "#lib/domain/restore.ts";
import { REASON_LENGTH_MAX, type Unlock } from "#lib/domain/unlock.ts";
import { AppError } from "#lib/services/errors.ts";
import { recordInTime } from "#lib/services/in-time.ts";
import type { Context } from "#lib/services/ports/context.ts";
import { describeAttempt, describeRestoreStep, endRestore, type RestoreRequest } from "./restore-record.ts";

/** Ends a restore that never came to an intent, as its halves did. It is on the record all the same, or it is not answered. */
export async function endRestoreWithoutIntent(ctx: Context, unlock: Unlock, record: Restore): Promise<Restore> {
  const ended = endRestore(record, record.halves, ctx.now());
  const entry = describeRestoreStep(ctx, "restore.refused", unlock, ended);
  const begun = await recordInTime(ctx, () => ctx.restores.recordEnded(ended, entry));
  ctx.counters.restoreEnded(ended.outcome);
  return begun.verdict === "repeated" ? repeatRestore(begun.restore, record) : ended;
}

/** Turns down what cannot be a restore: it gets no record, but the attempt is on the trail before it is answered. */
export async function refuseRestore(
  ctx: Context,
  unlock: Unlock,
  { reason, error }: { reason: string; error: AppError },
): Promise<never> {
  const facts = { reason: reason.slice(0, REASON_LENGTH_MAX), outcome: "refused", problem: error.message, halves: [] };
  const entry = describeAttempt(ctx, "restore.refused", unlock, facts);
  await recordInTime(ctx, () => ctx.audit.append(entry));
  ctx.counters.restoreEnded("refused");
  throw error;
}

/** The same key with the same wish gets the same answer; with another wish it is a mistake. */
export function repeatRestore(earlier: Restore, request: Pick<RestoreRequest, "unlockId" | "reason">): Restore {
  if (earlier.unlockId === request.unlockId && earlier.reason === request.reason) return earlier;
  throw new AppError("This Idempotency-Key was used for another restore.", {
    code: "invalid",
    hint: "Send a new Idempotency-Key for every restore, and the old one only to repeat the same request.",
  });
}
