import type { LockCounts } from "./lock-filter.ts";
import type { LockRow } from "./lock-row.ts";
import type { SourceView } from "./source-view.ts";

/**
 * Every row as of `version`, `<epoch>.<sequence number>`, most in need of a person first: what `GET /api/v1/locks/rows` answers.
 * An epoch is one life of one process; within it each piece of news has the number after the one before. Ages are as of `asOf`.
 */
export type LockRows = {
  /** "" where the rows are no version of the stream, but those a page came with. */
  readonly version: string;
  readonly asOf: string;
  readonly sources: readonly SourceView[];
  readonly rows: readonly LockRow[];
  readonly counts: LockCounts;
};

/** What changed from one version to the next: an event `news` of `GET /api/v1/locks/events`. */
export type LockNews = {
  readonly version: string;
  readonly asOf: string;
  /** New or changed rows, whole. */
  readonly changed: readonly LockRow[];
  /** Keys of locks that are gone. */
  readonly gone: readonly string[];
  /** Those that changed, whole; which there are, and their order, is the same through all of an epoch. */
  readonly sources: readonly SourceView[];
  readonly counts: LockCounts;
};

/** The event `alive`: the stream works, and this is the present. Comes first of all, and then again and again. */
export type LockStreamPulse = {
  /** The version that all news up to now lead to. */
  readonly version: string;
  readonly asOf: string;
  /** Why the server itself does not learn of changes now; null when it does. */
  readonly problem: { readonly message: string; readonly hint: string } | null;
};

/** How often at least an open stream says something: one that is silent for much longer is lost. */
export const PULSE_EVERY_MS = 15_000;

/** Whether `next` comes right after `version`: a gap, or another epoch, means to fetch the rows again. */
export function isNextVersion(version: string, next: string): boolean {
  const [epoch, number] = splitVersion(version);
  const [nextEpoch, nextNumber] = splitVersion(next);
  return epoch === nextEpoch && nextNumber === number + 1;
}

/** The number of a version in its epoch; null for a version of another epoch, or for none. */
export function numberInEpoch(epoch: string, version: string): number | null {
  const [ofEpoch, number] = splitVersion(version);
  return ofEpoch === epoch && Number.isSafeInteger(number) ? number : null;
}

export function formatVersion(epoch: string, number: number): string {
  return `${epoch}.${number}`;
}

function splitVersion(version: string): readonly [string, number] {
  const match = /^([0-9A-Za-z-]{1,40})\.(\d{1,15})$/.exec(version);
  return [match?.[1] ?? "", match === null ? Number.NaN : Number(match[2])];
}
