import { z } from "zod";
import {
  RESTORE_OUTCOMES,
  type Restore,
  type RestoreHalf,
  type RestoreHalfOutcome,
  type RestoreOutcome,
} from "#lib/domain/restore.ts";
import type { Prisma } from "./generated/client.ts";
import { parseJsonText, toBigIntOrNull, toJsonText, toNumberOrNull } from "./json-text.ts";
import { ActorSchema, hashIdempotencyKey, hashLockKey } from "./unlock-row.ts";

export const WITH_RESTORE_HALVES = {
  halves: { orderBy: { position: "asc" } },
  unlock: { select: { lockKeyJson: true } },
} satisfies Prisma.RestoreInclude;
export type RestoreRow = Prisma.RestoreGetPayload<{ include: typeof WITH_RESTORE_HALVES }>;

const OutcomeSchema = z.enum(RESTORE_OUTCOMES);
const HalfOutcomeSchema: z.ZodType<RestoreHalfOutcome> = OutcomeSchema.exclude(["partial"]);
const MechanismSchema = z.enum(["s3", "dynamodb"]);

export function toRestoreRow(restore: Restore): Prisma.RestoreCreateManyInput {
  return {
    id: restore.id,
    unlockId: restore.unlockId,
    actorJson: JSON.stringify(restore.actor),
    idempotencyKeyJson: toJsonText(restore.idempotencyKey),
    idempotencyHash: hashIdempotencyKey(restore.actor, restore.idempotencyKey),
    lockKeyHash: hashLockKey(restore.lockKey),
    reasonJson: toJsonText(restore.reason),
    requestedAtMs: BigInt(restore.requestedAtMs),
    intentAtMs: toBigIntOrNull(restore.intentAtMs),
    deadlineAtMs: toBigIntOrNull(restore.deadlineAtMs),
    outcome: restore.outcome,
    outcomeAtMs: toBigIntOrNull(restore.outcomeAtMs),
  };
}

export function toRestoreHalfRow(
  restoreId: string,
  half: RestoreHalf,
  position: number,
): Prisma.RestoreHalfCreateManyInput {
  return {
    restoreId,
    position,
    sourceJson: toJsonText(half.sourceId),
    mechanism: half.mechanism,
    locationJson: toJsonText(half.location),
    ...toRestoreHalfOutcome(half),
  };
}

/** The part of a half that may change, once. */
export function toRestoreHalfOutcome(half: RestoreHalf) {
  return {
    outcome: half.outcome,
    detailJson: toJsonText(half.detail),
    awsRequestIdsJson: JSON.stringify(half.awsRequestIds),
  };
}

export function toRestoreOutcome(text: string): RestoreOutcome {
  return OutcomeSchema.parse(text);
}

export function fromRestoreRow(row: RestoreRow): Restore {
  return {
    id: row.id,
    unlockId: row.unlockId,
    lockKey: parseJsonText(row.unlock.lockKeyJson),
    actor: ActorSchema.parse(JSON.parse(row.actorJson)),
    idempotencyKey: parseJsonText(row.idempotencyKeyJson),
    reason: parseJsonText(row.reasonJson),
    requestedAtMs: Number(row.requestedAtMs),
    intentAtMs: toNumberOrNull(row.intentAtMs),
    deadlineAtMs: toNumberOrNull(row.deadlineAtMs),
    outcome: toRestoreOutcome(row.outcome),
    outcomeAtMs: toNumberOrNull(row.outcomeAtMs),
    halves: row.halves.map((half) => ({
      sourceId: parseJsonText(half.sourceJson),
      mechanism: MechanismSchema.parse(half.mechanism),
      location: parseJsonText(half.locationJson),
      outcome: HalfOutcomeSchema.parse(half.outcome),
      detail: parseJsonText(half.detailJson),
      awsRequestIds: z.array(z.string()).parse(JSON.parse(half.awsRequestIdsJson)),
    })),
  };
}
