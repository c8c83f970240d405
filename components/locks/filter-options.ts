import { makeVisible } from "#lib/domain/display-text.ts";
import type { Lock } from "#lib/domain/lock.ts";

export type FilterOption = { readonly value: string; readonly label: string };

export const AGE_OPTIONS: readonly FilterOption[] = [
  { value: "5m", label: "5 min or older" },
  { value: "1h", label: "1 h or older" },
  { value: "8h", label: "8 h or older" },
  { value: "1d", label: "1 d or older" },
  { value: "7d", label: "7 d or older" },
];

/** The values that occur, with how often, in order of their names. */
export function listOptions(locks: readonly Lock[], read: (lock: Lock) => string | null): readonly FilterOption[] {
  const counts = new Map<string, number>();
  for (const lock of locks) {
    const value = read(lock);
    if (value !== null && value !== "") counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return [...counts]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([value, count]) => ({ value, label: `${makeVisible(value, { maxLength: 60 })} (${count})` }));
}
