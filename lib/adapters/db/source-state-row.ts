import { z } from "zod";
import type { SourceError, SourceNotice, SourceState } from "#lib/domain/source.ts";
import type { SourceState as SourceStateRow } from "./generated/client.ts";
import { parseJsonText, toNumberOrNull } from "./json-text.ts";

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
const NoticeSchema: z.ZodType<SourceNotice> = z.object({ code: z.string(), message: z.string(), hint: z.string() });
const RefreshFailureSchema = z.object({
  status: z.enum(["partial", "error"]),
  endedAtMs: z.number(),
  durationMs: z.number(),
  error: ErrorSchema.nullable(),
});

/** How the newest refresh of a source failed, as `refresh_failure_json` keeps it. */
export type RefreshFailure = z.infer<typeof RefreshFailureSchema>;

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
    lastRefreshAtMs: toNumberOrNull(row.lastRefreshAtMs),
    refreshRequests: toNumberOrNull(row.refreshRequests),
    readUnits: row.readUnits,
    notice: row.noticeJson === null ? null : NoticeSchema.parse(JSON.parse(row.noticeJson)),
    ...describeRefreshFailure(row),
  };
}

/** A refresh that failed after the last sweep began is the last attempt, unless that sweep failed worse. */
function describeRefreshFailure(
  row: SourceStateRow,
): Partial<Pick<SourceState, "status" | "lastAttemptAtMs" | "durationMs" | "error">> {
  const { refreshFailureJson, lastRefreshStartedAtMs, lastAttemptStartedAtMs } = row;
  if (refreshFailureJson === null || lastRefreshStartedAtMs === null) return {};
  if (lastAttemptStartedAtMs !== null && lastRefreshStartedAtMs < lastAttemptStartedAtMs) return {};
  const { status, endedAtMs, durationMs, error } = RefreshFailureSchema.parse(JSON.parse(refreshFailureJson));
  if (row.status !== "ok" && row.status !== "pending" && status !== "error") return {};
  return { status, lastAttemptAtMs: endedAtMs, durationMs, error };
}
