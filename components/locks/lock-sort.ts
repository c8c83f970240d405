import { takenAt } from "#lib/domain/lock-order.ts";
import type { LockRow } from "#lib/domain/lock-row.ts";
import type { LockColumnId } from "./lock-column-ids.ts";
import type { LockSort } from "./lock-params.ts";
import { describeStatus } from "./lock-words.ts";

/** What a column sorts by; null stands last in either direction. */
const VALUES: Readonly<Record<LockColumnId, (row: LockRow) => string | number | null>> = {
  status: (row) => describeStatus(row).word,
  path: (row) => `${row.stateKey}\n${row.bucket}`.toLowerCase(),
  holder: (row) => row.who?.toLowerCase() ?? null,
  operation: (row) => row.operationLabel?.toLowerCase() ?? null,
  age: readAge,
  evidence: (row) => row.headline.toLowerCase(),
  account: (row) => row.account.toLowerCase(),
  halves: (row) => row.mechanisms.join(" "),
};

/** By when it was taken: rows that came at different times have ages of different times. */
function readAge(row: LockRow): number | null {
  const taken = takenAt(row);
  return taken === null ? null : -Date.parse(taken);
}

/** Puts rows in the order of a column; equal rows keep theirs. By code units: as fast as it gets, and the same everywhere. */
export function sortRows<R extends { readonly placed: LockRow }>(
  rows: readonly R[],
  sort: LockSort | null,
): readonly R[] {
  if (sort === null) return rows;
  const read = VALUES[sort.id];
  const direction = sort.isDescending ? -1 : 1;
  return rows
    .map((row) => ({ row, value: read(row.placed) }))
    .sort((a, b) => compare(a.value, b.value, direction))
    .map(({ row }) => row);
}

function compare(a: string | number | null, b: string | number | null, direction: 1 | -1): number {
  if (a === b) return 0;
  if (a === null) return 1;
  if (b === null) return -1;
  return a < b ? -direction : direction;
}
