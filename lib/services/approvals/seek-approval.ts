import type { Place } from "#lib/domain/access/scope.ts";
import { formatActor } from "#lib/domain/actor.ts";
import { type Approval, isBoundTo, isOfLock, isOpenState } from "#lib/domain/approval.ts";
import { stepApproval } from "#lib/domain/approval-machine.ts";
import type { Lock } from "#lib/domain/lock.ts";
import type { Unlock } from "#lib/domain/unlock.ts";
import { AppError } from "#lib/services/errors.ts";
import { answerInTime, recordInTime } from "#lib/services/in-time.ts";
import type { Context } from "#lib/services/ports/context.ts";
import { describeApprovalStep } from "./approval-event.ts";
import { whyNotStanding } from "./approver-standing.ts";
import { settleApproval, voidApproval } from "./settle-approvals.ts";

export type SoughtApproval =
  | { readonly verdict: "approved"; readonly approval: Approval }
  | { readonly verdict: "waiting"; readonly approval: Approval }
  | { readonly verdict: "refused"; readonly message: string };

type Asked = {
  readonly lock: Lock;
  readonly places: readonly Place[];
  readonly because: string;
  readonly expiresMs: number;
};

/**
 * The approval that an unlock needs: the one that its person has for exactly this lock and reason, as it is now, or else a new
 * request. The idempotency key that asked once never asks for a second. Throws `invalid` where the open request has another reason.
 */
export async function seekApproval(ctx: Context, record: Unlock, asked: Asked): Promise<SoughtApproval> {
  const repeated = await answerInTime(ctx, ctx.approvals.findByIdempotencyKey(ctx.actor, record.idempotencyKey));
  if (repeated !== null && !isBoundTo(repeated, record)) throw otherWish();
  const known = repeated ?? (await answerInTime(ctx, ctx.approvals.findOpen(ctx.actor, record.lockKey)));
  if (known === null) return ask(ctx, record, asked);

  const present = await settleApproval(ctx, known);
  if (isOpenState(present.state)) return judgeOpen(ctx, record, present, asked);
  return repeated === null ? ask(ctx, record, asked) : { verdict: "refused", message: describeEnd(present) };
}

async function judgeOpen(ctx: Context, record: Unlock, open: Approval, asked: Asked): Promise<SoughtApproval> {
  if (!isOfLock(open, record)) {
    await voidApproval(ctx, open, "The lock changed since it was asked for.");
    return ask(ctx, record, asked);
  }
  if (open.reason !== record.reason) throw otherReason(open);
  if (open.state === "pending") return { verdict: "waiting", approval: open };
  const problem = await whyNotStanding(ctx, open, asked.places);
  if (problem === null) return { verdict: "approved", approval: open };
  await voidApproval(ctx, open, problem);
  return { verdict: "refused", message: `Its approval is void. ${problem}` };
}

async function ask(ctx: Context, record: Unlock, asked: Asked): Promise<SoughtApproval> {
  const { lock, places, because, expiresMs } = asked;
  const nowMs = ctx.now();
  const { idempotencyKey, lockKey, lockId, fingerprint, account, accountId, bucket, stateKey } = record;
  const { who, operation, reason } = record;
  const approval: Approval = {
    ...{ idempotencyKey, lockKey, lockId, fingerprint, account, accountId, bucket, stateKey, who, operation, reason },
    id: ctx.newId(),
    requester: ctx.actor,
    accounts: places.map((place) => place.account),
    because,
    shown: {
      summary: lock.summary,
      acquiredAt: lock.acquiredAt,
      createdAt: lock.createdAt,
      evidence: lock.evidence,
    },
    requestedAtMs: nowMs,
    expiresAtMs: nowMs + expiresMs,
    state: "pending",
    approver: null,
    approvedAtMs: null,
    comment: null,
    endedBy: null,
    endedAtMs: null,
    endNote: null,
    unlockId: null,
  };
  const entry = describeApprovalStep(ctx, "approval.requested", approval, { actor: ctx.actor });
  const result = await recordInTime(ctx, () => ctx.approvals.ask(approval, entry));
  if (result.verdict === "asked") return { verdict: "waiting", approval };
  // Asked twice at once: the one that was first is the request.
  if (!isBoundTo(result.approval, record)) throw otherWish();
  return isOpenState(result.approval.state)
    ? { verdict: "waiting", approval: result.approval }
    : { verdict: "refused", message: describeEnd(result.approval) };
}

/** How a request ended, for whoever asked. */
function describeEnd(approval: Approval): string {
  const step = stepApproval(approval.state, "approve");
  const ended = step.verdict === "not_allowed" ? step.problem : "";
  const by = approval.state === "denied" && approval.endedBy !== null ? ` By ${formatActor(approval.endedBy)}.` : "";
  const used = approval.unlockId === null ? "" : ` By the record ${approval.unlockId}.`;
  return `A second person was asked to approve it. ${ended}${by}${used}${approval.endNote === null ? "" : ` ${approval.endNote}`}`;
}

function otherWish(): AppError {
  return new AppError("This Idempotency-Key was used for another unlock.", {
    code: "invalid",
    hint: "Send a new Idempotency-Key for every unlock, and the old one only to repeat the same request.",
  });
}

function otherReason(open: Approval): AppError {
  return new AppError(`You have asked for approval of this unlock with another reason: “${open.reason}”.`, {
    code: "invalid",
    hint: `Send that reason, or withdraw the request ${open.id} and ask again.`,
  });
}
