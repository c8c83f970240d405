import type { LockCounts } from "./lock-filter.ts";
import type { LockRow } from "./lock-row.ts";
import type { SourceView } from "./source-view.ts";

/**
 * Every row as of `version`, `<epoch>.<sequence number>`: what `GET /api/v1/locks/rows` answers. An epoch is one life of one
 * process; within it each piece of news has the number after the one before.
 */
export type LockRows = {
  readonly version: string;
  readonly asOf: string;
  readonly sources: readonly SourceView[];
  readonly rows: readonly LockRow[];
  readonly counts: LockCounts;
};

/** What changed from one version to the next: an event of `GET /api/v1/locks/events`. */
export type LockNews = {
  readonly version: string;
  readonly asOf: string;
  /** New or changed rows, whole. */
  readonly changed: readonly LockRow[];
  /** Keys of locks that are gone. */
  readonly gone: readonly string[];
  /** All sources, when any of them changed; null when none did. */
  readonly sources: readonly SourceView[] | null;
  readonly counts: LockCounts;
};
