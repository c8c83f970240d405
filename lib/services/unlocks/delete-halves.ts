import type { HolderNow, Unlock, UnlockHalf } from "#lib/domain/unlock.ts";
import { mayContinueAfter, stepHalf } from "#lib/domain/unlock-half-machine.ts";
import { stepUnlock } from "#lib/domain/unlock-machine.ts";
import { isInTime, sendingMsOf } from "#lib/domain/unlock-time.ts";
import { recordInTime } from "#lib/services/in-time.ts";
import type { Context } from "#lib/services/ports/context.ts";
import type { UnlockSession } from "#lib/services/ports/unlocking.ts";
import { refuseByTerms } from "./apply-policy.ts";
import { repeat } from "./record-attempt.ts";
import { refuseSecond } from "./refuse-second.ts";
import { type FreshHalf, removeHalf } from "./remove-half.ts";
import { settleRecord } from "./settle-record.ts";
import { announceBreakGlass, describeGrounds, type Grounds, toTerms } from "./unlock-grounds.ts";
import { describeStep, endRecord, recordHalf } from "./unlock-record.ts";

/** What an intent rests on: the reads, how long they took, how many intents there were before them, and the policies. */
export type FreshBasis = {
  readonly halves: readonly FreshHalf[];
  readonly tookMs: number;
  readonly intentsBefore: number;
  readonly grounds: Grounds;
};

/**
 * Commits the intent, then sends one conditional delete for each half, DynamoDB first, and stops at the first that is not
 * surely gone. `overtaken` means that nothing was recorded or sent, because the fresh reads are outdated.
 */
export async function deleteHalves(
  ctx: Context,
  session: UnlockSession,
  record: Unlock,
  { halves: fresh, tookMs, intentsBefore, grounds }: FreshBasis,
): Promise<Unlock | "overtaken"> {
  // The wall clock may jump, so it is for people to read; what is sent or not is decided by one that cannot.
  const startedMs = ctx.monotonicMs();
  const intentAtMs = ctx.now();
  const deadlineAtMs = intentAtMs + sendingMsOf(fresh.length) + Math.ceil(tookMs);
  const planned = fresh.map((half) => planHalf(ctx, half));
  const halves = planned.map(({ planned: half }) => half);
  const outcome = stepUnlock("requested", { kind: "intent_committed" }).state;
  const intent: Unlock = { ...record, intentAtMs, deadlineAtMs, outcome, halves };
  const described = describeStep(ctx, "unlock.intent", intent);
  const details = { ...described.details, ...describeGrounds(grounds), sourceIdentities: session.sourceIdentities };
  const entry = { ...described, details };
  const terms = toTerms(ctx, intent, grounds);
  const begun = await recordInTime(ctx, () => ctx.unlocks.begin(intent, entry, intentsBefore, terms));
  if (begun.verdict === "overtaken") return "overtaken";
  if (begun.verdict === "repeated") return repeat(begun.unlock, record);
  const sightings = fresh.map((half) => half.sighting);
  if (begun.verdict === "terms_failed") return refuseByTerms(ctx, record, { because: begun.because, sightings });
  if (begun.verdict === "in_progress") return refuseSecond(ctx, record, { sightings, other: begun.unlock });

  announceBreakGlass(ctx, intent, grounds);

  const mayStillSend = () => isInTime(ctx.monotonicMs() - startedMs, fresh.length);
  const removed = await removeInOrder(session, planned, mayStillSend);
  const ended = stepUnlock(intent.outcome, {
    kind: "halves_moved",
    halves: removed.halves.map((half) => half.outcome),
  });
  ctx.counters.unlockEnded(ended.state);
  return settleRecord(ctx, endRecord(intent, { outcome: ended.state, atMs: ctx.now(), ...removed }));
}

type PlannedHalf = { readonly fresh: FreshHalf; readonly planned: UnlockHalf };

function planHalf(ctx: Context, fresh: FreshHalf): PlannedHalf {
  const { state, detail } = stepHalf("requested", { kind: "intent_committed" });
  const half = recordHalf(ctx, fresh.sighting, { outcome: state, detail, awsRequestIds: [] });
  return { fresh, planned: { ...half, recreate: fresh.read.recreate, awsDateMs: fresh.read.awsDateMs } };
}

async function removeInOrder(
  session: UnlockSession,
  planned: readonly PlannedHalf[],
  mayStillSend: () => boolean,
): Promise<{ halves: readonly UnlockHalf[]; holderNow: HolderNow | null }> {
  const halves: UnlockHalf[] = [];
  let holderNow: HolderNow | null = null;
  for (const half of planned) {
    const before = halves.at(-1);
    const isLeftStanding = before !== undefined && !mayContinueAfter(before.outcome);
    // A process that was suspended must not send a delete that the reconciler has already judged impossible.
    if (isLeftStanding || !mayStillSend()) {
      const because = isLeftStanding ? "half_before_stands" : "too_late";
      const { state, detail } = stepHalf(half.planned.outcome, { kind: "not_sent", because });
      halves.push({ ...half.planned, outcome: state, detail });
      continue;
    }
    const { holderNow: found, ...removal } = await removeHalf(session, half.fresh);
    holderNow = found ?? holderNow;
    halves.push({ ...half.planned, ...removal });
  }
  return { halves, holderNow };
}
