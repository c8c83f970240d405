import type { Lock } from "#lib/domain/lock.ts";
import { countLocks, type LockCounts } from "#lib/domain/lock-filter.ts";
import type { LockNews } from "#lib/domain/lock-news.ts";
import { takenAt } from "#lib/domain/lock-order.ts";
import type { LockRow } from "#lib/domain/lock-row.ts";
import { ageAt } from "#lib/domain/lock-time.ts";
import type { SourceView } from "#lib/domain/source-view.ts";
import type { Context } from "#lib/services/ports/context.ts";
import { createAgedJson } from "./aged-json.ts";
import { awsNow } from "./aws-time.ts";
import { listLocksAndSources } from "./list-locks.ts";
import { findRowChanges, type KnownRows } from "./lock-changes.ts";

/** The rows as one look at the store found them. */
export type RowsNow = {
  readonly asOf: string;
  readonly locks: readonly Lock[];
  readonly known: KnownRows;
  readonly sources: readonly SourceView[];
  readonly sourceTexts: ReadonlyMap<string, string>;
  readonly counts: LockCounts;
};

/** What changed since the last look; null when nothing did. */
export type RowsNews = Omit<LockNews, "version"> | null;

/** Of the counts by age alone: rows are written with their age at the time. */
const AGE_LAG_MS_MAX = 20_000;

const NOTHING: RowsNow = {
  asOf: "",
  locks: [],
  known: new Map(),
  sources: [],
  sourceTexts: new Map(),
  counts: countLocks([]),
};

/** Looks at the store, and compares with what the last look found. */
export async function readRows(
  ctx: Context,
  before: RowsNow | null,
): Promise<{ readonly now: RowsNow; readonly news: RowsNews }> {
  const { locks, sources } = await listLocksAndSources(ctx, { ageLagMsMax: AGE_LAG_MS_MAX });
  // Two short turns of the event loop disturb others less than a long one.
  await ctx.pause(0);
  const nowMs = awsNow(ctx);
  const last = before ?? NOTHING;
  const { known, changed, gone } = findRowChanges(last.known, locks, nowMs);
  const sourceTexts = new Map(sources.map((source) => [source.id, JSON.stringify(source)]));
  const changedSources = sources.filter(({ id }) => sourceTexts.get(id) !== last.sourceTexts.get(id));
  const asOf = new Date(nowMs).toISOString();
  const now = { asOf, locks, known, sources, sourceTexts, counts: countLocks(locks) };
  if (changed.length + gone.length + changedSources.length === 0) return { now, news: null };
  return { now, news: { asOf, changed, gone, sources: changedSources, counts: now.counts } };
}

const writeRow = createAgedJson<LockRow>((row) => row);

/** All rows as JSON, each with its age at that time. */
export function writeRows(version: string, { asOf, locks, known, sources, counts }: RowsNow): string {
  const asOfMs = Date.parse(asOf);
  const rows = locks.map((lock) => {
    const row = known.get(lock.key)?.row;
    return row === undefined ? "" : writeRow(row, ageOf(row, asOfMs));
  });
  return `${JSON.stringify({ version, asOf, sources, counts }).slice(0, -1)},"rows":[${rows.join(",")}]}`;
}

/** News as JSON. */
export function writeNews(version: string, news: NonNullable<RowsNews>): string {
  const { changed, ...rest } = news;
  const asOfMs = Date.parse(news.asOf);
  const rows = changed.map((row) => writeRow(row, ageOf(row, asOfMs)));
  return `${JSON.stringify({ version, ...rest }).slice(0, -1)},"changed":[${rows.join(",")}]}`;
}

function ageOf(row: LockRow, nowMs: number): number | null {
  const taken = takenAt(row);
  return taken === null ? row.ageMs : ageAt(Date.parse(taken), nowMs);
}

/** How far the sweeps of this process are, as a text to compare. */
export function describeProgress({ sweeps }: Context): string {
  return JSON.stringify([...sweeps.running].map(([id, { progress }]) => [id, progress.pages, progress.locksFound]));
}
