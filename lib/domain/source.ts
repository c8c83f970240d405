import type { AccountSettings } from "./account.ts";

export type Mechanism = "s3" | "dynamodb";

/** One bucket or one table that is scanned. `id` is stable as long as account, kind, name and prefix are. */
export type Source = {
  readonly id: string;
  readonly account: AccountSettings;
  readonly kind: Mechanism;
  readonly name: string;
  readonly region: string;
  /** Only for buckets; "" scans all of it. */
  readonly prefix: string;
};

export type SourceErrorCode =
  | "access_denied"
  | "role_refused"
  | "wrong_region"
  | "not_found"
  | "wrong_owner"
  | "timeout"
  | "throttled"
  | "unreachable"
  | "invalid_answer"
  | "unexpected";

/** Why a source could not be read (fully), in our words, and what to change. `statement` is IAM JSON to add, where that helps. */
export type SourceError = {
  readonly code: SourceErrorCode;
  readonly message: string;
  readonly hint: string;
  readonly statement: string | null;
};

/** Not a failure, but something to know: a table too small to be read quickly, a listing that crawls through old versions. */
export type SourceNotice = { readonly code: string; readonly message: string; readonly hint: string };

export type SourceStatus = "ok" | "partial" | "error" | "pending";

/** The outcome of the last sweep of a source, as stored. Times are epoch milliseconds. */
export type SourceState = {
  readonly sourceId: string;
  readonly status: SourceStatus;
  /** End of the last complete sweep: what is shown is at least as fresh as this. */
  readonly lastScanAtMs: number | null;
  readonly lastAttemptAtMs: number | null;
  readonly durationMs: number | null;
  readonly requests: number | null;
  readonly objectsSeen: number | null;
  readonly locksFound: number | null;
  /** Rows or objects that look like locks' neighbours but are none, so that nothing is hidden silently. */
  readonly foreignSeen: number | null;
  readonly error: SourceError | null;
  /** End of the last refresh: known locks, and places where states are, are at least as fresh as this. */
  readonly lastRefreshAtMs: number | null;
  /** What the last refresh cost. */
  readonly refreshRequests: number | null;
  /** Of the last complete sweep of a table. */
  readonly readUnits: number | null;
  readonly notice: SourceNotice | null;
};

/** Stable and unique: one account may have tables of one name in two regions, and several prefixes of one bucket. */
export function formatSourceId(source: {
  account: string;
  kind: Mechanism;
  region: string;
  name: string;
  prefix: string;
}): string {
  const id = `${source.kind}:${source.account}:${source.region}:${source.name}`;
  return source.prefix === "" ? id : `${id}:${source.prefix}`;
}
