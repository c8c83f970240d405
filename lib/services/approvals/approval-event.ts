import type { Actor } from "#lib/domain/actor.ts";
import { formatActor } from "#lib/domain/actor.ts";
import type { Approval } from "#lib/domain/approval.ts";
import type { Context } from "#lib/services/ports/context.ts";
import type { AuditAction, AuditEntry } from "#lib/services/ports/trail.ts";

/** Who ends what time or a change of the lock ends, whoever happened to look. */
export const KEEPER: Actor = { kind: "system", name: "reconciler" };

/** The audit event of one step of a request: who asked, for exactly which lock, why, and what was said to it. */
export function describeApprovalStep(
  ctx: Pick<Context, "now" | "requestId">,
  action: AuditAction,
  approval: Approval,
  { actor, ...said }: { actor: Actor; comment?: string | null; problem?: string | null },
): AuditEntry {
  return {
    action,
    actor,
    atMs: ctx.now(),
    requestId: ctx.requestId,
    unlockId: approval.unlockId,
    details: { ...describeApproval(approval), ...said },
  };
}

/** A request as events tell of it; also part of the intent that uses it. */
export function describeApproval(approval: Approval): Readonly<Record<string, unknown>> {
  const { requester, approver, requestedAtMs, approvedAtMs, expiresAtMs } = approval;
  return {
    approvalId: approval.id,
    requestedBy: formatActor(requester),
    requester,
    requestedAt: new Date(requestedAtMs).toISOString(),
    expiresAt: new Date(expiresAtMs).toISOString(),
    account: approval.account,
    accountId: approval.accountId,
    statePath: `${approval.bucket}/${approval.stateKey}`,
    lockKey: approval.lockKey,
    lockId: approval.lockId,
    fingerprint: approval.fingerprint,
    reason: approval.reason,
    because: approval.because,
    ...(approver !== null && {
      approver,
      approvedAt: approvedAtMs === null ? null : new Date(approvedAtMs).toISOString(),
      approverComment: approval.comment,
    }),
  };
}
