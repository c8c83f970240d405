import { createHash } from "node:crypto";
import { z } from "zod";
import { type Actor, actorKey, formatActor } from "#lib/domain/actor.ts";
import { type HalfOutcome, UNLOCK_OUTCOMES, type Unlock, type UnlockHalf } from "#lib/domain/unlock.ts";
import type { Prisma } from "./generated/client.ts";
import {
  parseJsonText,
  parseJsonTextOrNull,
  toBigIntOrNull,
  toJsonText,
  toJsonTextOrNull,
  toNumberOrNull,
} from "./json-text.ts";

export const WITH_HALVES = { halves: { orderBy: { position: "asc" } } } satisfies Prisma.UnlockInclude;
export type UnlockRow = Prisma.UnlockGetPayload<{ include: typeof WITH_HALVES }>;
type UnlockHalfRow = UnlockRow["halves"][number];

const SignedIn = { kind: z.literal("person"), name: z.string(), issuer: z.string(), subject: z.string() };
export const ActorSchema: z.ZodType<Actor> = z.union([
  z.object({ kind: z.literal("person"), name: z.string(), authenticatedBy: z.literal("local") }),
  z.object({ ...SignedIn, authenticatedBy: z.enum(["password", "oidc", "proxy"]) }),
  z.object({ ...SignedIn, authenticatedBy: z.literal("token"), tokenId: z.string() }),
  z.object({ kind: z.literal("system"), name: z.enum(["scanner", "reconciler", "auditor"]) }),
  z.object({ kind: z.literal("stranger"), name: z.string() }),
]);
export function toActor(actorJson: string): Actor {
  return ActorSchema.parse(JSON.parse(actorJson));
}

const HolderNowSchema = z.object({
  lockId: z.string().nullable(),
  who: z.string().nullable(),
  operation: z.string().nullable(),
  createdAt: z.string().nullable(),
});
const OutcomeSchema = z.enum(UNLOCK_OUTCOMES);
const HalfOutcomeSchema: z.ZodType<HalfOutcome> = OutcomeSchema.exclude(["partial"]);
const MechanismSchema = z.enum(["s3", "dynamodb"]);

export function hashIdempotencyKey(actor: Actor, idempotencyKey: string): string {
  return sha256(JSON.stringify([...JSON.parse(actorKey(actor)), idempotencyKey]));
}

export function hashLockKey(lockKey: string): string {
  return sha256(lockKey);
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

export function toUnlockRow(unlock: Unlock): Prisma.UnlockCreateManyInput {
  return {
    id: unlock.id,
    actorJson: JSON.stringify(unlock.actor),
    actorLabelJson: toJsonText(formatActor(unlock.actor)),
    idempotencyKeyJson: toJsonText(unlock.idempotencyKey),
    idempotencyHash: hashIdempotencyKey(unlock.actor, unlock.idempotencyKey),
    lockKeyJson: toJsonText(unlock.lockKey),
    lockKeyHash: hashLockKey(unlock.lockKey),
    lockIdJson: toJsonTextOrNull(unlock.lockId),
    fingerprintJson: toJsonText(unlock.fingerprint),
    accountJson: toJsonText(unlock.account),
    accountIdJson: toJsonText(unlock.accountId),
    bucketJson: toJsonText(unlock.bucket),
    stateKeyJson: toJsonText(unlock.stateKey),
    whoJson: toJsonTextOrNull(unlock.who),
    operationJson: toJsonTextOrNull(unlock.operation),
    reasonJson: toJsonText(unlock.reason),
    requestedAtMs: BigInt(unlock.requestedAtMs),
    intentAtMs: toBigIntOrNull(unlock.intentAtMs),
    deadlineAtMs: toBigIntOrNull(unlock.deadlineAtMs),
    outcome: unlock.outcome,
    outcomeAtMs: toBigIntOrNull(unlock.outcomeAtMs),
    holderNowJson: unlock.holderNow === null ? null : JSON.stringify(unlock.holderNow),
  };
}

export function toUnlockHalfRow(
  unlockId: string,
  half: UnlockHalf,
  position: number,
): Prisma.UnlockHalfCreateManyInput {
  return {
    unlockId,
    position,
    sourceJson: toJsonText(half.sourceId),
    mechanism: half.mechanism,
    locationJson: toJsonText(half.location),
    bucketJson: toJsonText(half.bucket),
    stateKeyJson: toJsonText(half.stateKey),
    accountNameJson: toJsonText(half.accountName),
    lockIdJson: toJsonTextOrNull(half.lockId),
    fingerprint: half.fingerprint,
    etagJson: toJsonTextOrNull(half.etag),
    versionIdJson: toJsonTextOrNull(half.versionId),
    raw: half.raw === null ? null : new Uint8Array(half.raw),
    recreateJson: half.recreate,
    awsDateMs: toBigIntOrNull(half.awsDateMs),
    ...toHalfOutcome(half),
  };
}

/** The part of a half that may change, once. */
export function toHalfOutcome(half: UnlockHalf) {
  return {
    outcome: half.outcome,
    detailJson: toJsonText(half.detail),
    awsRequestIdsJson: JSON.stringify(half.awsRequestIds),
  };
}

export function fromUnlockRow(row: UnlockRow): Unlock {
  return {
    id: row.id,
    actor: toActor(row.actorJson),
    idempotencyKey: parseJsonText(row.idempotencyKeyJson),
    lockKey: parseJsonText(row.lockKeyJson),
    lockId: parseJsonTextOrNull(row.lockIdJson),
    fingerprint: parseJsonText(row.fingerprintJson),
    account: parseJsonText(row.accountJson),
    accountId: parseJsonText(row.accountIdJson),
    bucket: parseJsonText(row.bucketJson),
    stateKey: parseJsonText(row.stateKeyJson),
    who: parseJsonTextOrNull(row.whoJson),
    operation: parseJsonTextOrNull(row.operationJson),
    reason: parseJsonText(row.reasonJson),
    requestedAtMs: Number(row.requestedAtMs),
    intentAtMs: toNumberOrNull(row.intentAtMs),
    deadlineAtMs: toNumberOrNull(row.deadlineAtMs),
    outcome: OutcomeSchema.parse(row.outcome),
    outcomeAtMs: toNumberOrNull(row.outcomeAtMs),
    halves: row.halves.map(fromUnlockHalfRow),
    holderNow: row.holderNowJson === null ? null : HolderNowSchema.parse(JSON.parse(row.holderNowJson)),
  };
}

function fromUnlockHalfRow(row: UnlockHalfRow): UnlockHalf {
  return {
    sourceId: parseJsonText(row.sourceJson),
    mechanism: MechanismSchema.parse(row.mechanism),
    location: parseJsonText(row.locationJson),
    bucket: parseJsonText(row.bucketJson),
    stateKey: parseJsonText(row.stateKeyJson),
    accountName: parseJsonText(row.accountNameJson),
    lockId: parseJsonTextOrNull(row.lockIdJson),
    fingerprint: row.fingerprint,
    etag: parseJsonTextOrNull(row.etagJson),
    versionId: parseJsonTextOrNull(row.versionIdJson),
    raw: row.raw,
    recreate: row.recreateJson,
    awsDateMs: toNumberOrNull(row.awsDateMs),
    outcome: HalfOutcomeSchema.parse(row.outcome),
    detail: parseJsonText(row.detailJson),
    awsRequestIds: z.array(z.string()).parse(JSON.parse(row.awsRequestIdsJson)),
  };
}
