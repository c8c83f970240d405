import type { SourceView } from "#lib/domain/source-view.ts";

export type Freshness = {
  readonly total: number;
  /** Read completely by their last sweep. */
  readonly read: number;
  readonly unread: readonly SourceView[];
  readonly pending: number;
  /** End of the oldest last sweep among the sources that could be read: everything shown is at least as fresh. */
  readonly oldestScanAt: string | null;
  /** Of the sources whose known states were looked at again after their last sweep, the look that is longest ago. */
  readonly oldestRefreshAt: string | null;
};

/** How fresh the whole list is, and which sources could not be read. */
export function measureFreshness(sources: readonly SourceView[]): Freshness {
  const read = sources.filter((source) => source.status === "ok");
  const times = read.flatMap((source) => source.lastScanAt ?? []).toSorted();
  const refreshes = read.flatMap((source) => (isColderThanKnown(source) ? source.lastRefreshAt : []));
  return {
    total: sources.length,
    read: read.length,
    unread: sources.filter((source) => source.status === "error" || source.status === "partial"),
    pending: sources.filter((source) => source.status === "pending").length,
    oldestScanAt: times[0] ?? null,
    oldestRefreshAt: refreshes.toSorted()[0] ?? null,
  };
}

/** Whether the known states and locks of a source were looked at since all of it was. */
export function isColderThanKnown<T extends Pick<SourceView, "lastScanAt" | "lastRefreshAt">>(
  source: T,
): source is T & { readonly lastScanAt: string; readonly lastRefreshAt: string } {
  const { lastScanAt, lastRefreshAt } = source;
  return lastScanAt !== null && lastRefreshAt !== null && Date.parse(lastRefreshAt) > Date.parse(lastScanAt);
}

export type SweepNumbers = {
  readonly running: number;
  readonly pages: number;
  /** Pages of the last sweeps of the same sources; null while one of them was never read. */
  readonly expectedPages: number | null;
  readonly objectsSeen: number;
  readonly locksFound: number;
};

/** The numbers of all sweeps that run now, or null when none does. */
export function addUpSweeps(sources: readonly SourceView[]): SweepNumbers | null {
  const running = sources.filter((source) => source.running !== null);
  if (running.length === 0) return null;
  const isKnown = running.every((source) => source.requests !== null);
  return {
    running: running.length,
    pages: sum(running.map((source) => source.running?.pages ?? 0)),
    expectedPages: isKnown ? sum(running.map((source) => source.requests ?? 0)) : null,
    objectsSeen: sum(running.map((source) => source.running?.objectsSeen ?? 0)),
    locksFound: sum(running.map((source) => source.running?.locksFound ?? 0)),
  };
}

/** "Reading 3 sources: page 40 of about 200, 39,120 objects, 12 locks". */
export function formatSweep(sweep: SweepNumbers): string {
  const about =
    sweep.expectedPages !== null && sweep.expectedPages >= sweep.pages ? ` of about ${count(sweep.expectedPages)}` : "";
  return `Reading ${countOf(sweep.running, "source")}: page ${count(sweep.pages)}${about}, ${countOf(sweep.objectsSeen, "object")}, ${countOf(sweep.locksFound, "lock")}`;
}

/** "1 lock", "2,000 locks". */
export function countOf(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? "" : "s"}`;
}

/** "39,120". Not by the browser's locales: loading those for a few commas takes longer than all of the first screen. */
export function count(value: number): string {
  return String(value).replace(/\B(?=(?:\d{3})+$)/g, ",");
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
