import {
  decideOutcome,
  type HalfOutcome,
  type HolderNow,
  mayContinueAfter,
  type Unlock,
  type UnlockHalf,
} from "#lib/domain/unlock.ts";
import { AppError } from "./errors.ts";
import type { Context, UnlockSession } from "./ports.ts";
import { endWithoutIntent, recordAll, repeat } from "./record-attempt.ts";
import { type FreshHalf, removeHalf } from "./remove-half.ts";
import { settleRecord } from "./settle-record.ts";
import { describeStep, endRecord, recordHalf } from "./unlock-record.ts";

/** Hard limit of every AWS call of an unlock. */
export const UNLOCK_CALL_TIMEOUT_MS = 10_000;
/** For committing the intent; a delete that would be sent later than this is not sent at all. */
const COMMIT_SLACK_MS = 5_000;

/**
 * Commits the intent, then sends one conditional delete for each half, DynamoDB first, and stops at the first that is not
 * surely gone. `overtaken` means that nothing was recorded or sent, because the fresh reads are outdated.
 */
export async function deleteHalves(
  ctx: Context,
  session: UnlockSession,
  record: Unlock,
  { halves: fresh, intentsBefore }: { halves: readonly FreshHalf[]; intentsBefore: number },
): Promise<Unlock | "overtaken"> {
  const intentAtMs = ctx.now();
  // Each half is deleted and read back, but nothing is sent after the last delete.
  const deadlineAtMs = intentAtMs + COMMIT_SLACK_MS + (2 * fresh.length - 1) * UNLOCK_CALL_TIMEOUT_MS;
  const planned = fresh.map((half) => ({
    ...recordHalf(ctx, half.sighting, {
      outcome: "unknown",
      detail: "The delete has no answer yet.",
      awsRequestIds: [],
    }),
    recreate: half.read.recreate,
    awsDateMs: half.read.awsDateMs,
  }));
  const intent: Unlock = { ...record, intentAtMs, deadlineAtMs, halves: planned };
  const begun = await ctx.unlocks.begin(intent, describeStep(ctx, "unlock.intent", intent), intentsBefore);
  if (begun.verdict === "overtaken") return "overtaken";
  if (begun.verdict === "repeated") return repeat(begun.unlock, record);
  if (begun.verdict === "in_progress") return refuseSecond(ctx, record, { fresh, other: begun.unlock });

  const halves: UnlockHalf[] = [];
  let holderNow: HolderNow | null = null;
  for (const [index, half] of fresh.entries()) {
    const before = halves.at(-1);
    if (before !== undefined && !mayContinueAfter(before.outcome)) {
      halves.push(
        recordHalf(ctx, half.sighting, notSent("The other half was not surely gone, so this one was left alone.")),
      );
      continue;
    }
    // A process that was suspended must not send a delete that the reconciler has already judged impossible.
    if (ctx.now() + UNLOCK_CALL_TIMEOUT_MS > deadlineAtMs) {
      halves.push(
        recordHalf(ctx, half.sighting, notSent("The time for this unlock had passed before the delete was sent.")),
      );
      continue;
    }
    const removal = await removeHalf(session, half);
    holderNow = removal.holderNow ?? holderNow;
    halves.push({ ...(planned[index] ?? recordHalf(ctx, half.sighting, removal)), ...pickRemoval(removal) });
  }
  const outcome = decideOutcome(halves.map((half) => half.outcome));
  ctx.counters.unlockEnded(outcome);
  return settleRecord(ctx, endRecord(intent, { outcome, atMs: ctx.now(), halves, holderNow }));
}

function pickRemoval(removal: { outcome: HalfOutcome; detail: string; awsRequestIds: readonly string[] }) {
  return { outcome: removal.outcome, detail: removal.detail, awsRequestIds: removal.awsRequestIds };
}

function notSent(detail: string): { outcome: HalfOutcome; detail: string; awsRequestIds: readonly string[] } {
  return { outcome: "not_executed", detail, awsRequestIds: [] };
}

/** A second unlock of a lock whose first has no outcome yet is refused, on the record, and told whom to wait for. */
async function refuseSecond(
  ctx: Context,
  record: Unlock,
  { fresh, other }: { fresh: readonly FreshHalf[]; other: Unlock },
): Promise<never> {
  const problem = `This lock is already being unlocked (record ${other.id}).`;
  const halves = recordAll(
    ctx,
    fresh.map((half) => half.sighting),
    "refused",
    `${problem} Nothing was deleted.`,
  );
  await endWithoutIntent(ctx, record, { outcome: "refused", halves, holderNow: null });
  throw new AppError(problem, {
    code: "in_progress",
    hint: `Wait for the outcome of that record: GET /api/v1/unlocks/${other.id}.`,
  });
}
