import type { Lock } from "./lock.ts";

const BROKEN_RANK = { split: 0, malformed: 1, unreadable: 2, half: 3, contended: 5, held: 6 } as const;
const STALE_RANK = 4;

type Ordered = Pick<Lock, "key" | "status" | "attention" | "ageFrom" | "acquiredAt" | "createdAt" | "firstSeenAt">;

/** Locks that need a person first, the others by age. The order is total: the same locks always stand alike. */
export function sortByNeed<L extends Ordered>(locks: readonly L[]): readonly L[] {
  return locks.toSorted(compareByNeed);
}

/** By when it was taken, not by the age, so that rows of different answers have one order, and time alone moves none. */
export function compareByNeed(a: Ordered, b: Ordered): number {
  return rankOf(a) - rankOf(b) || compareText(takenAt(a) ?? "", takenAt(b) ?? "") || compareText(a.key, b.key);
}

/** The time a lock's age counts from. */
export function takenAt(lock: Pick<Lock, "ageFrom" | "acquiredAt" | "createdAt" | "firstSeenAt">): string | null {
  switch (lock.ageFrom) {
    case "acquired":
      return lock.acquiredAt;
    case "created":
      return lock.createdAt;
    case "first_seen":
      return lock.firstSeenAt;
  }
}

function rankOf(lock: Pick<Lock, "status" | "attention">): number {
  return lock.attention === "stale" ? STALE_RANK : BROKEN_RANK[lock.status];
}

/** All times are ISO 8601 in UTC with milliseconds, so they compare as text. */
function compareText(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
