import { makeVisible } from "#lib/domain/display-text.ts";
import type { LockRow } from "#lib/domain/lock-row.ts";

export type FilterOption = { readonly value: string; readonly label: string };

export const AGE_OPTIONS: readonly FilterOption[] = [
  { value: "5m", label: "5 min or older" },
  { value: "1h", label: "1 h or older" },
  { value: "8h", label: "8 h or older" },
  { value: "1d", label: "1 d or older" },
  { value: "7d", label: "7 d or older" },
];

/** The values that occur, with how often, in order of their names. */
export function listOptions(rows: readonly LockRow[], read: (row: LockRow) => string | null): readonly FilterOption[] {
  const counts = new Map<string, number>();
  for (const row of rows) {
    const value = read(row);
    if (value !== null && value !== "") counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return [...counts]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([value, count]) => ({ value, label: `${makeVisible(value, { maxLength: 60 })} (${count})` }));
}
