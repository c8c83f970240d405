import { formatActor } from "#lib/domain/actor.ts";
import { encodeBase64 } from "#lib/domain/base64.ts";
import { decideRestoreOutcome, orderRestore, type Restore, type RestoreHalf } from "#lib/domain/restore.ts";
import { listRestorable } from "#lib/domain/restore-offer.ts";
import type { Unlock, UnlockHalf } from "#lib/domain/unlock.ts";
import type { Context } from "#lib/services/ports/context.ts";
import type { AuditAction, AuditEntry } from "#lib/services/ports/trail.ts";

type StepContext = Pick<Context, "actor" | "requestId" | "now">;

export type RestoreRequest = { readonly unlockId: string; readonly reason: string; readonly idempotencyKey: string };

/** The record of a restore before anything was read or sent. */
export function openRestoreRecord(ctx: Context, unlock: Unlock, request: RestoreRequest): Restore {
  return {
    id: ctx.newId(),
    unlockId: unlock.id,
    lockKey: unlock.lockKey,
    actor: ctx.actor,
    idempotencyKey: request.idempotencyKey,
    reason: request.reason,
    requestedAtMs: ctx.now(),
    intentAtMs: null,
    deadlineAtMs: null,
    outcome: "unknown",
    outcomeAtMs: null,
    halves: [],
  };
}

/** The halves that a restore puts, in the order in which it does. */
export function listHalvesToPut(unlock: Unlock): readonly UnlockHalf[] {
  return orderRestore(listRestorable(unlock));
}

export function recordRestoreHalf(
  half: UnlockHalf,
  state: Pick<RestoreHalf, "outcome" | "detail" | "awsRequestIds">,
): RestoreHalf {
  return {
    sourceId: half.sourceId,
    mechanism: half.mechanism,
    location: half.location,
    outcome: state.outcome,
    detail: state.detail,
    awsRequestIds: state.awsRequestIds,
  };
}

/** The same record with the outcome that its halves make. */
export function endRestore(restore: Restore, halves: readonly RestoreHalf[], atMs: number): Restore {
  const outcome = decideRestoreOutcome(halves.map((half) => half.outcome));
  return { ...restore, outcome, outcomeAtMs: outcome === "unknown" ? null : atMs, halves };
}

/** The audit event of one step of a restore: actor, reason, the bytes that are put, outcome per half and AWS request ids. */
export function describeRestoreStep(
  ctx: StepContext,
  action: AuditAction,
  unlock: Unlock,
  restore: Restore,
): AuditEntry {
  return describeAttempt(ctx, action, unlock, {
    restoreId: restore.id,
    requestedBy: formatActor(restore.actor),
    reason: restore.reason,
    outcome: restore.outcome,
    halves: restore.halves.map((half) => {
      const removed = findRemoved(unlock, half);
      return {
        mechanism: half.mechanism,
        sourceId: half.sourceId,
        location: half.location,
        lockId: removed?.lockId ?? null,
        fingerprint: removed?.fingerprint ?? null,
        rawBase64: removed?.raw ? encodeBase64(removed.raw) : null,
        outcome: half.outcome,
        detail: half.detail,
        awsRequestIds: half.awsRequestIds,
      };
    }),
  });
}

/** The audit event of anything about undoing one unlock. */
export function describeAttempt(
  ctx: StepContext,
  action: AuditAction,
  unlock: Unlock,
  facts: Readonly<Record<string, unknown>>,
): AuditEntry {
  return {
    action,
    actor: ctx.actor,
    atMs: ctx.now(),
    requestId: ctx.requestId,
    unlockId: unlock.id,
    details: {
      account: unlock.account,
      accountId: unlock.accountId,
      statePath: `${unlock.bucket}/${unlock.stateKey}`,
      lockKey: unlock.lockKey,
      lockId: unlock.lockId,
      fingerprint: unlock.fingerprint,
      who: unlock.who,
      operation: unlock.operation,
      ...facts,
    },
  };
}

/** What the unlock recorded of the half that stood in this place. */
export function findRemoved(unlock: Unlock, half: RestoreHalf): UnlockHalf | undefined {
  return unlock.halves.find(({ sourceId, location }) => sourceId === half.sourceId && location === half.location);
}
