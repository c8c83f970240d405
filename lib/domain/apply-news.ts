import { isNextVersion, type LockNews, type LockRows } from "./lock-news.ts";
import { sortByNeed } from "./lock-order.ts";
import type { LockRow } from "./lock-row.ts";

/**
 * The rows after a piece of news; null when it does not come right after them. Ages stay as of the rows' own time, so that no
 * other row has to change.
 */
export function applyNews(rows: LockRows, news: LockNews): LockRows | null {
  if (!isNextVersion(rows.version, news.version)) return null;
  const { version, counts } = news;
  const sources = news.sources.length === 0 ? rows.sources : replaceById(rows.sources, news.sources);
  return { ...rows, version, counts, sources, rows: replaceRows(rows, news) };
}

/** The same rows with their ages as of another time. */
export function advanceAges(rows: LockRows, asOf: string): LockRows {
  const passedMs = Date.parse(asOf) - Date.parse(rows.asOf);
  if (!Number.isFinite(passedMs) || passedMs === 0) return rows;
  return { ...rows, asOf, rows: rows.rows.map((row) => addToAge(row, passedMs)) };
}

function replaceRows(rows: LockRows, { changed, gone, asOf }: LockNews): readonly LockRow[] {
  if (changed.length + gone.length === 0) return rows.rows;
  const aheadMs = Date.parse(asOf) - Date.parse(rows.asOf);
  const changedByKey = new Map(changed.map((row) => [row.key, addToAge(row, -aheadMs)]));
  const goneKeys = new Set(gone);
  const kept: LockRow[] = [];
  for (const row of rows.rows) {
    if (goneKeys.has(row.key)) continue;
    kept.push(changedByKey.get(row.key) ?? row);
    changedByKey.delete(row.key);
  }
  return sortByNeed([...kept, ...changedByKey.values()]);
}

/** May become less than nothing for a lock taken after the time that ages are as of. */
function addToAge(row: LockRow, ms: number): LockRow {
  return row.ageMs === null || ms === 0 ? row : { ...row, ageMs: row.ageMs + ms };
}

function replaceById<T extends { readonly id: string }>(before: readonly T[], changed: readonly T[]): readonly T[] {
  const byId = new Map(changed.map((each) => [each.id, each]));
  return before.map((each) => byId.get(each.id) ?? each);
}
