import { formatActor } from "#lib/domain/actor.ts";
import type { Restore, RestoreHalf } from "#lib/domain/restore.ts";
import type { Unlock, UnlockHalf } from "#lib/domain/unlock.ts";
import { isInTime, sendingMsOf, UNLOCK_CALL_MS_MAX } from "#lib/domain/unlock-time.ts";
import { AppError } from "#lib/services/errors.ts";
import { recordInTime } from "#lib/services/in-time.ts";
import type { Context } from "#lib/services/ports/context.ts";
import type { BeginRestore, RestoreSession } from "#lib/services/ports/restoring.ts";
import { putHalf } from "./put-half.ts";
import { refuseRestore, repeatRestore } from "./record-restore.ts";
import { describeRestoreStep, endRestore, listHalvesToPut, recordRestoreHalf } from "./restore-record.ts";
import { settleRestore } from "./settle-restore.ts";

/** Commits the intent, then sends one conditional put for each half, S3 first, and stops at the first that is not surely there. */
export async function putHalves(
  ctx: Context,
  session: RestoreSession,
  unlock: Unlock,
  record: Restore,
): Promise<Restore> {
  const startedMs = ctx.monotonicMs();
  const intentAtMs = ctx.now();
  const planned = listHalvesToPut(unlock);
  const deadlineAtMs = intentAtMs + sendingMsOf(planned.length);
  const halves = planned.map((half) => recordRestoreHalf(half, NO_ANSWER));
  const intent: Restore = { ...record, intentAtMs, deadlineAtMs, halves };
  const described = describeRestoreStep(ctx, "restore.intent", unlock, intent);
  const entry = { ...described, details: { ...described.details, sourceIdentities: session.sourceIdentities } };
  const begun = await recordInTime(ctx, () => ctx.restores.begin(intent, entry));
  if (begun.verdict === "repeated") return repeatRestore(begun.restore, record);
  if (begun.verdict !== "begun") return refuseRestore(ctx, unlock, { reason: record.reason, error: explain(begun) });

  // A suspended process or a jump of the clock must not lead to a put that the reconciler has already judged impossible.
  const mayStillSend = () =>
    isInTime(ctx.monotonicMs() - startedMs, planned.length) && ctx.now() + UNLOCK_CALL_MS_MAX <= deadlineAtMs;
  const put = await putInOrder(ctx, session, planned, mayStillSend);
  const ended = endRestore(intent, put, ctx.now());
  ctx.counters.restoreEnded(ended.outcome);
  return settleRestore(ctx, unlock, ended);
}

const NO_ANSWER = { outcome: "unknown", detail: "The put has no answer yet.", awsRequestIds: [] } as const;

async function putInOrder(
  ctx: Context,
  session: RestoreSession,
  planned: readonly UnlockHalf[],
  mayStillSend: () => boolean,
): Promise<readonly RestoreHalf[]> {
  const halves: RestoreHalf[] = [];
  for (const half of planned) {
    const before = halves.at(-1);
    if (before !== undefined && before.outcome !== "restored") {
      halves.push(notSent(half, "The half before it is not surely there, so this one was not put."));
    } else if (!mayStillSend()) {
      halves.push(notSent(half, "The time for this restore had passed before the put was sent."));
    } else {
      halves.push(await putHalf(ctx, session, half));
    }
  }
  return halves;
}

function notSent(half: UnlockHalf, detail: string): RestoreHalf {
  return recordRestoreHalf(half, { outcome: "not_executed", detail, awsRequestIds: [] });
}

/** Why an intent could not be committed beside what is on record already. */
function explain(begun: Extract<BeginRestore, { verdict: "taken" | "in_progress" }>): AppError {
  if (begun.verdict === "in_progress") {
    return new AppError(`This unlock cannot be undone yet: the ${begun.other.kind} ${begun.other.id} is not over.`, {
      code: "in_progress",
      hint: "Nothing was written. Look at that record, and try again after its deadline.",
    });
  }
  const { restore } = begun;
  const by = `by ${formatActor(restore.actor)} (record ${restore.id})`;
  if (restore.outcome === "unknown") {
    return new AppError(`This unlock is already being undone ${by}.`, {
      code: "in_progress",
      hint: "Nothing more was written. Wait for the outcome of that record.",
    });
  }
  return new AppError(`This unlock was undone already ${by}.`, { code: "invalid", hint: "Nothing more was written." });
}
