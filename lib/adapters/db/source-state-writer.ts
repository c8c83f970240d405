import type { SourceNotice } from "#lib/domain/source.ts";
import type { SweepRecord } from "#lib/services/ports/scanning.ts";
import { toJsonText, toNumberOrNull } from "./json-text.ts";
import type { RollCalls } from "./roll-call.ts";
import type { RefreshFailure } from "./source-state-row.ts";
import type { Transaction } from "./transaction.ts";

/** When the newest looks at a source began, also of looks that were recorded before this one; and its roll calls. */
export type SourceTimes = RollCalls & {
  readonly lastAttemptStartedAtMs: number | null;
  readonly lastCompleteStartedAtMs: number | null;
  readonly lastRefreshStartedAtMs: number | null;
};

export async function readSourceTimes(tx: Transaction, sourceJson: string): Promise<SourceTimes> {
  const row = await tx.sourceState.findUnique({ where: { sourceJson } });
  return {
    lastAttemptStartedAtMs: toNumberOrNull(row?.lastAttemptStartedAtMs ?? null),
    lastCompleteStartedAtMs: toNumberOrNull(row?.lastCompleteStartedAtMs ?? null),
    lastRefreshStartedAtMs: toNumberOrNull(row?.lastRefreshStartedAtMs ?? null),
    rollCalls: row?.rollCalls ?? 0,
    lastRollCallAtMs: toNumberOrNull(row?.lastRollCallAtMs ?? null),
  };
}

/** Whether this sweep was complete, and none that began later was complete before it was recorded. */
export function isNewestComplete({ startedAtMs, result }: SweepRecord, times: SourceTimes): boolean {
  return result.outcome === "ok" && startedAtMs >= (times.lastCompleteStartedAtMs ?? startedAtMs);
}

/** Makes readers load a source's sightings again; a source that no sweep has ended of is `pending`. */
export async function touchSource(tx: Transaction, sourceJson: string): Promise<void> {
  await writeState(tx, sourceJson, { status: "pending" }, {});
}

/** Of a sweep of everything. One that was overtaken by a newer one leaves the state alone. */
export async function writeSweepState(
  tx: Transaction,
  sweep: SweepRecord,
  times: SourceTimes,
  written: { isRollCall: boolean; hasWrittenRows: boolean },
): Promise<void> {
  const { startedAtMs, finishedAtMs, result } = sweep;
  const isNewest = startedAtMs >= (times.lastAttemptStartedAtMs ?? startedAtMs);
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
    ...(result.notice === undefined ? {} : { noticeJson: toNoticeJson(result.notice) }),
  };
  const complete = {
    lastScanAtMs: BigInt(finishedAtMs),
    lastCompleteStartedAtMs: BigInt(startedAtMs),
    readUnits: result.readUnits ?? null,
    noticeJson: toNoticeJson(result.notice ?? null),
  };
  const completed = isNewestComplete(sweep, times) ? complete : {};
  const rolls = written.isRollCall
    ? { rollCalls: times.rollCalls + 1, lastRollCallAtMs: BigInt(Math.max(startedAtMs, times.lastRollCallAtMs ?? 0)) }
    : {};
  await writeState(
    tx,
    toJsonText(sweep.source.id),
    { ...attempt, ...completed, ...rolls },
    { ...(isNewest ? attempt : {}), ...completed, ...rolls },
    written.hasWrittenRows,
  );
}

/**
 * Of a refresh. It moves no time of a sweep, and its failure stands beside what the last sweep came to, so that the next
 * refresh that succeeds takes back this failure and not the sweep's.
 */
export async function writeRefreshState(tx: Transaction, sweep: SweepRecord, times: SourceTimes): Promise<void> {
  const { startedAtMs, finishedAtMs, result } = sweep;
  const sourceJson = toJsonText(sweep.source.id);
  if (startedAtMs < (times.lastRefreshStartedAtMs ?? startedAtMs)) return touchSource(tx, sourceJson);
  const attempt = {
    lastRefreshStartedAtMs: BigInt(startedAtMs),
    refreshRequests: BigInt(result.requests),
    ...(result.outcome === "ok" ? { lastRefreshAtMs: BigInt(finishedAtMs) } : {}),
    refreshFailureJson: toFailureJson(sweep),
  };
  await writeState(tx, sourceJson, { status: "pending", ...attempt }, attempt);
}

function toFailureJson({ startedAtMs, finishedAtMs, result }: SweepRecord): string | null {
  if (result.outcome === "ok") return null;
  const failure: RefreshFailure = {
    status: result.outcome,
    endedAtMs: finishedAtMs,
    durationMs: finishedAtMs - startedAtMs,
    error: result.error,
  };
  return JSON.stringify(failure);
}

function toNoticeJson(notice: SourceNotice | null): string | null {
  return notice === null ? null : JSON.stringify(notice);
}

type StateRow = Parameters<Transaction["sourceState"]["upsert"]>[0];

async function writeState(
  tx: Transaction,
  sourceJson: string,
  created: Omit<StateRow["create"], "sourceJson" | "revision">,
  updated: Omit<StateRow["update"], "revision">,
  hasWrittenRows = true,
): Promise<void> {
  await tx.sourceState.upsert({
    where: { sourceJson },
    create: { sourceJson, revision: 1, ...created },
    update: { ...(hasWrittenRows ? { revision: { increment: 1 } } : {}), ...updated },
    select: { revision: true },
  });
}
