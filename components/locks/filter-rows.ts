import { filterLocks } from "#lib/domain/lock-filter.ts";
import { takenAt } from "#lib/domain/lock-order.ts";
import type { LockRow } from "#lib/domain/lock-row.ts";
import { countFilters, type LockParams, toLockFilter } from "./lock-params.ts";

/** The rows that the parameters of the URL leave, in their order; the list itself where they filter nothing. */
export function filterRows(rows: readonly LockRow[], params: LockParams, nowMs: number): readonly LockRow[] {
  if (countFilters(params) === 0) return rows;
  const { minAgeMs = 0, ...filter } = toLockFilter(params);
  const kept = filterLocks(rows, filter);
  return minAgeMs <= 0 ? kept : kept.filter((row) => isOlder(row, nowMs - minAgeMs));
}

/** By when it was taken: a row's own age is as of when the row came, and that may be long ago. */
function isOlder(row: LockRow, atMs: number): boolean {
  const taken = takenAt(row);
  return taken !== null && Date.parse(taken) <= atMs;
}
