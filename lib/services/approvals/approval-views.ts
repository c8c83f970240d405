import { formatActor } from "#lib/domain/actor.ts";
import { type Approval, isOpenState } from "#lib/domain/approval.ts";
import type { ApprovalView } from "#lib/domain/approval-view.ts";
import { formatTime } from "#lib/services/format-time.ts";
import type { Context } from "#lib/services/ports/context.ts";
import { isOwnRequest, mayDecide } from "./find-approval.ts";

/** A request as its reader sees it. */
export function toApprovalView(ctx: Pick<Context, "actor" | "access">, approval: Approval): ApprovalView {
  const { approver, endedBy } = approval;
  return {
    id: approval.id,
    state: approval.state,
    requestedBy: formatActor(approval.requester),
    reason: approval.reason,
    because: approval.because,
    account: approval.account,
    accountId: approval.accountId,
    bucket: approval.bucket,
    stateKey: approval.stateKey,
    statePath: `${approval.bucket}/${approval.stateKey}`,
    key: approval.lockKey,
    lockId: approval.lockId,
    fingerprint: approval.fingerprint,
    who: approval.who,
    operation: approval.operation,
    requestedAt: new Date(approval.requestedAtMs).toISOString(),
    expiresAt: new Date(approval.expiresAtMs).toISOString(),
    approvedBy: approver === null ? null : formatActor(approver),
    approvedAt: formatTime(approval.approvedAtMs),
    comment: approval.comment,
    endedBy: endedBy === null ? null : formatActor(endedBy),
    endedAt: formatTime(approval.endedAtMs),
    endNote: approval.endNote,
    unlockId: approval.unlockId,
    isYours: isOwnRequest(ctx, approval),
    canDecide: isOpenState(approval.state) && mayDecide(ctx, approval),
  };
}
