import type { Source } from "#lib/domain/source.ts";
import type { HolderNow, Unlock, UnlockHalf } from "#lib/domain/unlock.ts";
import { compareWithRecord } from "#lib/domain/unlock-compare.ts";
import { type Proof, stepHalf } from "#lib/domain/unlock-half-machine.ts";
import { stepUnlock } from "#lib/domain/unlock-machine.ts";
import { type IntentTime, isSettlingDue, isWithinIntent } from "#lib/domain/unlock-time.ts";
import type { Context } from "#lib/services/ports/context.ts";
import type { HalfRead } from "#lib/services/ports/halves.ts";
import { describeHolder } from "./describe-holder.ts";
import { type RecordContext, settleRecord } from "./settle-record.ts";
import { endRecord } from "./unlock-record.ts";

/** What the reconciler is given: it reads and records, and no delete is in its reach. */
export type ReconcileContext = RecordContext &
  Pick<Context, "sources" | "leadership"> & {
    readonly unlocks: Pick<Context["unlocks"], "listUnsettled">;
    readonly scanner: Pick<Context["scanner"], "readHalf" | "findRemoval">;
  };

/** `led` is false where another process does this at the moment; then nothing was looked at. */
export type Reconciled = { readonly led: boolean; readonly settled: number; readonly unsettled: number };

/**
 * Settles every intent that has no outcome and of which nothing can still arrive, by reading alone. Of all replicas one does
 * this at a time; it reads each open half once.
 */
export async function reconcileUnlocks(ctx: ReconcileContext): Promise<Reconciled> {
  const reconciled = await ctx.leadership.lead("reconcile-unlocks", () => settleOpen(ctx));
  return reconciled ?? { led: false, settled: 0, unsettled: 0 };
}

async function settleOpen(ctx: ReconcileContext): Promise<Reconciled> {
  const open = await ctx.unlocks.listUnsettled();
  // An account that hangs must not keep the others' unlocks waiting.
  const byAccount = Map.groupBy(open, (unlock) => unlock.account);
  const settled = await Promise.all([...byAccount.values()].map((unlocks) => settleInTurn(ctx, unlocks)));
  const count = settled.reduce((sum, one) => sum + one, 0);
  return { led: true, settled: count, unsettled: open.length - count };
}

async function settleInTurn(ctx: ReconcileContext, unlocks: readonly Unlock[]): Promise<number> {
  let settled = 0;
  for (const unlock of unlocks) {
    try {
      if (await settleByReading(ctx, unlock)) settled += 1;
    } catch (error) {
      ctx.log.error({ unlockId: unlock.id, cause: String(error) }, "could not settle an unlock");
    }
  }
  return settled;
}

async function settleByReading(ctx: ReconcileContext, unlock: Unlock): Promise<boolean> {
  const read = await readOutcome(ctx, unlock);
  // Nothing new is nothing to record, or a source that stays unreadable would fill the trail.
  const isNews = read.halves.some((half, index) => half.outcome !== unlock.halves[index]?.outcome);
  if (read.outcome === "unknown" && !isNews) return false;
  return (await settleRecord(ctx, read)).outcome !== "unknown";
}

async function readOutcome(ctx: ReconcileContext, unlock: Unlock): Promise<Unlock> {
  const halves: UnlockHalf[] = [];
  let { holderNow } = unlock;
  for (const half of unlock.halves) {
    const read = half.outcome === "unknown" ? await readHalf(ctx, unlock, half) : { half, holderNow: null };
    halves.push(read.half);
    holderNow = read.holderNow ?? holderNow;
  }
  const moved = stepUnlock(unlock.outcome, { kind: "halves_moved", halves: halves.map((half) => half.outcome) });
  return endRecord(unlock, { outcome: moved.state, atMs: ctx.now(), halves, holderNow });
}

type ReadHalf = { readonly half: UnlockHalf; readonly holderNow: HolderNow | null };

async function readHalf(ctx: ReconcileContext, unlock: Unlock, half: UnlockHalf): Promise<ReadHalf> {
  const { intentAtMs, deadlineAtMs } = unlock;
  const source = ctx.sources.find((candidate) => candidate.id === half.sourceId);
  if (intentAtMs === null || deadlineAtMs === null) return { half, holderNow: null };

  const intent = { intentAtMs, deadlineAtMs, awsDateMs: half.awsDateMs };
  const read = source === undefined ? NO_SOURCE : await ctx.scanner.readHalf(source, half);
  const awsDateMs = "awsDateMs" in read ? read.awsDateMs : null;
  const isDue = isSettlingDue(intent, { awsDateMs, nowMs: ctx.now() });
  const found = compareWithRecord(half, read);
  const asked = isDue && read.kind === "absent" && source !== undefined;
  const { proof, message, requestIds } = asked
    ? await findProof(ctx, { source, half, intent })
    : notProven("message" in read ? read.message : "");
  const step = stepHalf(half.outcome, { kind: "settling_read", found, isDue, proof, message });
  if (step.verdict === "not_allowed") return { half, holderNow: null };
  const readId = "requestId" in read && read.requestId !== null ? [read.requestId] : [];
  return {
    half: {
      ...half,
      outcome: step.state,
      detail: step.detail,
      awsRequestIds: [...half.awsRequestIds, ...readId, ...requestIds],
    },
    holderNow: found === "different" ? describeHolder(read) : null,
  };
}

const NO_SOURCE: HalfRead = {
  kind: "failed",
  message: "Its source is no longer configured, so nothing can be read.",
  hint: "",
};

type FoundProof = { readonly proof: Proof; readonly message: string; readonly requestIds: readonly string[] };

/** Asks the history who removed what is gone. */
async function findProof(
  ctx: ReconcileContext,
  asked: { source: Source; half: UnlockHalf; intent: IntentTime & { awsDateMs: number | null } },
): Promise<FoundProof> {
  const { source, half, intent } = asked;
  const { awsDateMs } = intent;
  if (awsDateMs === null) return notProven("AWS gave no time with the read before the delete.");
  const removal = await ctx.scanner.findRemoval(source, { ...half, sinceMs: awsDateMs });
  const requestIds = removal.requestId === null ? [] : [removal.requestId];
  if (removal.verdict === "not_proven") return { ...notProven(removal.detail), requestIds };
  const removedAt = new Date(removal.removedAtMs).toISOString();
  if (!isWithinIntent({ ...intent, awsDateMs }, removal.removedAtMs)) {
    return { ...notProven(`It was removed at ${removedAt}, outside the time of this unlock.`), requestIds };
  }
  const message = `Deleted: the bucket's history has a delete marker of ${removedAt} over exactly the version that was read, newer than the intent and within its time.`;
  return { proof: "removed_in_time", message, requestIds };
}

function notProven(message: string): FoundProof {
  return { proof: "not_proven", message, requestIds: [] };
}
