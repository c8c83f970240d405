import { createHash } from "node:crypto";
import { z } from "zod";
import { type Actor, actorKey } from "#lib/domain/actor.ts";
import { APPROVAL_STATES, type Approval } from "#lib/domain/approval.ts";
import type { Prisma } from "./generated/client.ts";
import { parseJsonText, parseJsonTextOrNull, toJsonText, toJsonTextOrNull, toNumberOrNull } from "./json-text.ts";
import { hashIdempotencyKey, hashLockKey, toActor } from "./unlock-row.ts";

export type ApprovalRow = Prisma.ApprovalGetPayload<object>;

const ShownSchema = z.object({
  summary: z.string(),
  acquiredAt: z.string().nullable(),
  createdAt: z.string().nullable(),
  evidence: z.array(
    z.object({
      code: z.string(),
      verdict: z.enum(["for", "against", "neutral"]),
      text: z.string(),
      at: z.string().nullable(),
      source: z.string(),
    }),
  ),
});

/** The same for one person only, whatever they are called now and whatever token they use. */
export function hashPerson(actor: Actor): string {
  return createHash("sha256").update(actorKey(actor)).digest("hex");
}

/** A request as it begins; what becomes of it is written later. */
export function toApprovalRow(approval: Approval): Prisma.ApprovalCreateManyInput {
  return {
    id: approval.id,
    requesterJson: JSON.stringify(approval.requester),
    requesterHash: hashPerson(approval.requester),
    idempotencyKeyJson: toJsonText(approval.idempotencyKey),
    idempotencyHash: hashIdempotencyKey(approval.requester, approval.idempotencyKey),
    ...toBinding(approval),
    lockKeyJson: toJsonText(approval.lockKey),
    accountJson: toJsonText(approval.account),
    accountIdJson: toJsonText(approval.accountId),
    bucketJson: toJsonText(approval.bucket),
    stateKeyJson: toJsonText(approval.stateKey),
    accountsJson: JSON.stringify(approval.accounts),
    whoJson: toJsonTextOrNull(approval.who),
    operationJson: toJsonTextOrNull(approval.operation),
    becauseJson: toJsonText(approval.because),
    shownJson: JSON.stringify(approval.shown),
    requestedAtMs: BigInt(approval.requestedAtMs),
    expiresAtMs: BigInt(approval.expiresAtMs),
    state: approval.state,
  };
}

/** What an unlock must have exactly as it was approved. */
export function toBinding(asked: Pick<Approval, "lockKey" | "lockId" | "fingerprint" | "reason">) {
  return {
    lockKeyHash: hashLockKey(asked.lockKey),
    lockIdJson: toJsonTextOrNull(asked.lockId),
    fingerprintJson: toJsonText(asked.fingerprint),
    reasonJson: toJsonText(asked.reason),
  };
}

export function fromApprovalRow(row: ApprovalRow): Approval {
  return {
    id: row.id,
    requester: toActor(row.requesterJson),
    idempotencyKey: parseJsonText(row.idempotencyKeyJson),
    lockKey: parseJsonText(row.lockKeyJson),
    lockId: parseJsonTextOrNull(row.lockIdJson),
    fingerprint: parseJsonText(row.fingerprintJson),
    account: parseJsonText(row.accountJson),
    accountId: parseJsonText(row.accountIdJson),
    bucket: parseJsonText(row.bucketJson),
    stateKey: parseJsonText(row.stateKeyJson),
    accounts: z.array(z.string()).parse(JSON.parse(row.accountsJson)),
    who: parseJsonTextOrNull(row.whoJson),
    operation: parseJsonTextOrNull(row.operationJson),
    reason: parseJsonText(row.reasonJson),
    because: parseJsonText(row.becauseJson),
    shown: ShownSchema.parse(JSON.parse(row.shownJson)),
    requestedAtMs: Number(row.requestedAtMs),
    expiresAtMs: Number(row.expiresAtMs),
    state: z.enum(APPROVAL_STATES).parse(row.state),
    approver: row.approverJson === null ? null : toActor(row.approverJson),
    approvedAtMs: toNumberOrNull(row.approvedAtMs),
    comment: parseJsonTextOrNull(row.commentJson),
    endedBy: row.endedByJson === null ? null : toActor(row.endedByJson),
    endedAtMs: toNumberOrNull(row.endedAtMs),
    endNote: parseJsonTextOrNull(row.endNoteJson),
    unlockId: row.unlockId,
  };
}
