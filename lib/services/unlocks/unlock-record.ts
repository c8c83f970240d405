import { formatActor } from "#lib/domain/actor.ts";
import { encodeBase64 } from "#lib/domain/base64.ts";
import type { HalfSighting } from "#lib/domain/half.ts";
import type { Lock } from "#lib/domain/lock.ts";
import type { HalfOutcome, HolderNow, Unlock, UnlockHalf, UnlockOutcome } from "#lib/domain/unlock.ts";
import type { StatePath } from "#lib/services/locks/find-lock.ts";
import type { Context } from "#lib/services/ports/context.ts";
import type { AuditAction, AuditEntry } from "#lib/services/ports/trail.ts";
import { describeBody } from "./describe-holder.ts";

export type UnlockRequest = {
  readonly key: string;
  readonly lockId: string | null;
  readonly fingerprint: string;
  readonly reason: string;
  readonly idempotencyKey: string;
  /** Goes past approval and cool-down, where the policy allows it, and is told to everybody. */
  readonly isBreakGlass?: boolean;
};

/** The record of an unlock before anything was decided: who asks, for what, and why. */
export function openRecord(
  ctx: Context,
  request: UnlockRequest,
  found: { readonly lock: Lock | null; readonly statePath: StatePath },
): Unlock {
  return {
    id: ctx.newId(),
    actor: ctx.actor,
    idempotencyKey: request.idempotencyKey,
    lockKey: request.key,
    lockId: request.lockId,
    fingerprint: request.fingerprint,
    account: found.lock?.account ?? "",
    accountId: found.lock?.accountId ?? "",
    bucket: found.statePath.bucket,
    stateKey: found.statePath.stateKey,
    who: found.lock?.who ?? null,
    operation: found.lock?.operation ?? null,
    reason: request.reason,
    requestedAtMs: ctx.now(),
    intentAtMs: null,
    deadlineAtMs: null,
    outcome: "unknown",
    outcomeAtMs: null,
    halves: [],
    holderNow: null,
  };
}

/** One half of a record, with the raw bytes as they stood when it was read. */
export function recordHalf(
  ctx: Context,
  sighting: HalfSighting,
  state: { outcome: HalfOutcome; detail: string; awsRequestIds: readonly string[] },
): UnlockHalf {
  const source = ctx.sources.find((candidate) => candidate.id === sighting.sourceId);
  return {
    sourceId: sighting.sourceId,
    mechanism: sighting.mechanism,
    location: sighting.location,
    bucket: sighting.bucket,
    stateKey: sighting.stateKey,
    accountName: source?.account.name ?? "",
    lockId: describeBody(sighting.body).lockId,
    fingerprint: sighting.fingerprint,
    etag: sighting.etag,
    versionId: sighting.versionId,
    raw: sighting.body.kind === "denied" ? null : sighting.body.bytes,
    recreate: null,
    awsDateMs: null,
    ...state,
  };
}

/** The same record with an outcome. */
export function endRecord(
  unlock: Unlock,
  end: { outcome: UnlockOutcome; atMs: number; halves: readonly UnlockHalf[]; holderNow: HolderNow | null },
): Unlock {
  return { ...unlock, outcome: end.outcome, outcomeAtMs: end.atMs, halves: end.halves, holderNow: end.holderNow };
}

/** The audit event of one step of an unlock: actor, reason, raw bytes, outcome per half and AWS request ids. */
export function describeStep(
  ctx: Pick<Context, "actor" | "now" | "requestId">,
  action: AuditAction,
  unlock: Unlock,
): AuditEntry {
  return {
    action,
    actor: ctx.actor,
    atMs: ctx.now(),
    requestId: ctx.requestId,
    unlockId: unlock.id,
    details: {
      requestedBy: formatActor(unlock.actor),
      account: unlock.account,
      accountId: unlock.accountId,
      statePath: `${unlock.bucket}/${unlock.stateKey}`,
      lockKey: unlock.lockKey,
      lockId: unlock.lockId,
      fingerprint: unlock.fingerprint,
      who: unlock.who,
      operation: unlock.operation,
      reason: unlock.reason,
      outcome: unlock.outcome,
      holderNow: unlock.holderNow,
      halves: unlock.halves.map((half) => ({
        mechanism: half.mechanism,
        sourceId: half.sourceId,
        location: half.location,
        lockId: half.lockId,
        fingerprint: half.fingerprint,
        etag: half.etag,
        versionId: half.versionId,
        rawBase64: half.raw === null ? null : encodeBase64(half.raw),
        outcome: half.outcome,
        detail: half.detail,
        awsRequestIds: half.awsRequestIds,
      })),
    },
  };
}
