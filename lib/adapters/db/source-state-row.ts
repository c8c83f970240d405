import { z } from "zod";
import type { SourceError, SourceState } from "#lib/domain/source.ts";
import type { SweepRecord } from "#lib/services/ports.ts";
import type { SourceState as SourceStateRow } from "./generated/client.ts";
import { parseJsonText, toJsonText, toNumberOrNull } from "./json-text.ts";
import type { Transaction } from "./transaction.ts";

const ErrorSchema: z.ZodType<SourceError> = z.object({
  code: z.enum([
    "access_denied",
    "role_refused",
    "wrong_region",
    "not_found",
    "wrong_owner",
    "timeout",
    "throttled",
    "unreachable",
    "invalid_answer",
    "unexpected",
  ]),
  message: z.string(),
  hint: z.string(),
  statement: z.string().nullable(),
});
const StatusSchema = z.enum(["ok", "partial", "error", "pending"]);

export function fromSourceStateRow(row: SourceStateRow): SourceState {
  return {
    sourceId: parseJsonText(row.sourceJson),
    status: StatusSchema.parse(row.status),
    lastScanAtMs: toNumberOrNull(row.lastScanAtMs),
    lastAttemptAtMs: toNumberOrNull(row.lastAttemptAtMs),
    durationMs: toNumberOrNull(row.durationMs),
    requests: toNumberOrNull(row.requests),
    objectsSeen: toNumberOrNull(row.objectsSeen),
    locksFound: toNumberOrNull(row.locksFound),
    foreignSeen: toNumberOrNull(row.foreignSeen),
    error: row.errorJson === null ? null : ErrorSchema.parse(JSON.parse(row.errorJson)),
  };
}

/** When the newest sweeps of a source began, also of sweeps that were recorded before this one. */
export type SourceTimes = {
  readonly lastAttemptStartedAtMs: number | null;
  readonly lastCompleteStartedAtMs: number | null;
};

export async function readSourceTimes(tx: Transaction, sourceJson: string): Promise<SourceTimes> {
  const row = await tx.sourceState.findUnique({ where: { sourceJson } });
  return {
    lastAttemptStartedAtMs: toNumberOrNull(row?.lastAttemptStartedAtMs ?? null),
    lastCompleteStartedAtMs: toNumberOrNull(row?.lastCompleteStartedAtMs ?? null),
  };
}

/** A sweep that was overtaken by a newer one leaves its state alone. */
export async function writeSourceState(tx: Transaction, sweep: SweepRecord, times: SourceTimes): Promise<void> {
  const { startedAtMs, finishedAtMs, result } = sweep;
  const sourceJson = toJsonText(sweep.source.id);
  const isNewest = startedAtMs >= (times.lastAttemptStartedAtMs ?? startedAtMs);
  const isNewestComplete = result.outcome === "ok" && startedAtMs >= (times.lastCompleteStartedAtMs ?? startedAtMs);
  const attempt = {
    status: result.outcome,
    lastAttemptAtMs: BigInt(finishedAtMs),
    lastAttemptStartedAtMs: BigInt(startedAtMs),
    durationMs: BigInt(finishedAtMs - startedAtMs),
    requests: BigInt(result.requests),
    objectsSeen: BigInt(result.objectsSeen),
    locksFound: BigInt(result.halves.length),
    foreignSeen: BigInt(result.foreignSeen),
    errorJson: result.error === null ? null : JSON.stringify(result.error),
  };
  const complete = { lastScanAtMs: BigInt(finishedAtMs), lastCompleteStartedAtMs: BigInt(startedAtMs) };
  await tx.sourceState.upsert({
    where: { sourceJson },
    create: { sourceJson, revision: 1, ...attempt, ...(isNewestComplete ? complete : {}) },
    update: { revision: { increment: 1 }, ...(isNewest ? attempt : {}), ...(isNewestComplete ? complete : {}) },
    select: { revision: true },
  });
}
