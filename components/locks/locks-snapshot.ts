import type { LockRow } from "#lib/domain/lock-row.ts";

/** A row as it is shown: the newest facts, at the place it had when the list was last put in order. */
export type ShownLock = {
  readonly lock: LockRow;
  /** The lock as it was when the list was put in order: filters and sorting go by this one. */
  readonly placed: LockRow;
  /** True for a lock that is in the list still, so that nothing moves, but is gone by the newest answer. */
  readonly isGone: boolean;
};

export type HeldBack = { readonly added: number; readonly gone: number };

/**
 * Fills the rows of the list that is on screen with the newest facts without moving, adding or removing one: what would do so
 * is counted in `heldBack`, for the person to let in.
 */
export function mergeInPlace(
  shown: readonly LockRow[],
  newest: readonly LockRow[],
): { readonly rows: readonly ShownLock[]; readonly heldBack: HeldBack } {
  if (shown === newest) return { rows: shown.map(toPresent), heldBack: { added: 0, gone: 0 } };
  const newestByKey = new Map(newest.map((lock) => [lock.key, lock]));
  let gone = 0;
  const rows = shown.map((lock) => {
    const present = newestByKey.get(lock.key);
    if (present !== undefined) return { lock: present, placed: lock, isGone: false };
    gone += 1;
    return { lock, placed: lock, isGone: true };
  });
  return { rows, heldBack: { added: newest.length - (shown.length - gone), gone } };
}

/** Keys that are in `after` and were not in `before`: rows to mark as new. */
export function findNewKeys(before: readonly LockRow[], after: readonly LockRow[]): ReadonlySet<string> {
  const known = new Set(before.map((lock) => lock.key));
  return new Set(after.filter((lock) => !known.has(lock.key)).map((lock) => lock.key));
}

/** Whether both lists hold the same locks in the same order: then adopting one for the other moves nothing. */
export function hasSameOrder(a: readonly LockRow[], b: readonly LockRow[]): boolean {
  return a.length === b.length && a.every((lock, index) => lock.key === b[index]?.key);
}

export function formatHeldBack({ added, gone }: HeldBack): string {
  const parts = [added > 0 ? `${added} new` : "", gone > 0 ? `${gone} gone` : ""].filter((part) => part !== "");
  return parts.length === 0 ? "New order" : parts.join(" · ");
}

function toPresent(lock: LockRow): ShownLock {
  return { lock, placed: lock, isGone: false };
}
