import type { Place } from "#lib/domain/access/scope.ts";
import type { Approval } from "#lib/domain/approval.ts";
import type { HalfSighting } from "#lib/domain/half.ts";
import type { Lock } from "#lib/domain/lock.ts";
import type { Unlock } from "#lib/domain/unlock.ts";
import { whyNotStanding } from "#lib/services/approvals/approver-standing.ts";
import { seekApproval } from "#lib/services/approvals/seek-approval.ts";
import { voidApproval } from "#lib/services/approvals/settle-approvals.ts";
import type { Context } from "#lib/services/ports/context.ts";
import { type Judgement, judgePolicy } from "./judge-policy.ts";
import { turnDown } from "./record-attempt.ts";
import type { Grounds } from "./unlock-grounds.ts";

export type PolicyAnswer =
  | { readonly verdict: "go"; readonly grounds: Grounds }
  /** A second person must approve it, and has been asked to. */
  | { readonly verdict: "waiting"; readonly approval: Approval }
  /** It is on record as refused. */
  | { readonly verdict: "ended"; readonly unlock: Unlock };

type Asked = {
  readonly lock: Lock;
  readonly sightings: readonly HalfSighting[];
  readonly places: readonly Place[];
  readonly isBreakGlass: boolean;
};

/** Asks the policies of a lock, before anything is opened; what they refuse is on record, and says which rule and until when. */
export async function applyPolicy(ctx: Context, record: Unlock, asked: Asked): Promise<PolicyAnswer> {
  const { lock, sightings, places, isBreakGlass } = asked;
  const judgement = await judgePolicy(ctx, { lock, places, reason: record.reason, isBreakGlass });
  const { conclusion, rules, findings } = judgement;
  if (conclusion.verdict === "refused") return refuse(ctx, record, sightings, conclusion.message);
  if (conclusion.verdict === "allowed") {
    const broken = isBreakGlass ? namesOfSkipped(judgement) : null;
    const rates = isBreakGlass ? [] : rules.rates;
    return { verdict: "go", grounds: { places, findings, rates, approval: null, broken } };
  }
  const because = conclusion.because;
  const sought = await seekApproval(ctx, record, { lock, places, because, expiresMs: rules.approvalExpiresMs });
  switch (sought.verdict) {
    case "waiting":
      return sought;
    case "refused":
      return refuse(ctx, record, sightings, sought.message);
    case "approved": {
      const { approval } = sought;
      return { verdict: "go", grounds: { places, findings, rates: [], approval, broken: null } };
    }
  }
}

function namesOfSkipped({ findings }: Judgement) {
  return findings.filter(({ verdict }) => verdict === "skipped").map(({ rule }) => rule);
}

/** Asks again, after the fresh read and right before the intent, whether the approval still counts; void, it ends the unlock. */
export async function refuseWithoutApprover(
  ctx: Context,
  record: Unlock,
  { approval, places, sightings }: Pick<Grounds, "approval" | "places"> & { sightings: readonly HalfSighting[] },
): Promise<Unlock | null> {
  if (approval === null) return null;
  const problem = await whyNotStanding(ctx, approval, places);
  if (problem === null) return null;
  await voidApproval(ctx, approval, problem);
  return turnDown(ctx, record, { because: "by_policy", message: `Its approval is void. ${problem}`, sightings });
}

/** Ends an unlock whose terms were gone when its intent was written: nothing was recorded and nothing sent. */
export function refuseByTerms(
  ctx: Context,
  record: Unlock,
  { because, sightings }: { because: "approval" | "rate"; sightings: readonly HalfSighting[] },
): Promise<Unlock> {
  const message =
    because === "approval"
      ? "Its approval was used, withdrawn or denied meanwhile, or has expired. Nothing was deleted."
      : "You unlocked others at the same moment, as many as one person may do alone. Nothing was deleted: ask again.";
  return turnDown(ctx, record, { because: "by_policy", message, sightings });
}

async function refuse(
  ctx: Context,
  record: Unlock,
  sightings: readonly HalfSighting[],
  message: string,
): Promise<PolicyAnswer> {
  const unlock = await turnDown(ctx, record, { because: "by_policy", message, sightings });
  return { verdict: "ended", unlock };
}
