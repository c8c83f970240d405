import type { StateListing } from "#lib/domain/half.ts";
import type { ListedPage } from "./listed-page.ts";
import { type PairedLock, pairLocks } from "./lock-pairing.ts";
import type { Range } from "./range.ts";
import { noteStates } from "./range-states.ts";

/** What one page brings, after the states of its locks are known. */
export type Gathered = { readonly locks: readonly PairedLock[]; readonly foreignSeen: number };

/** Finds locks with their states when ranges of one bucket are listed at once. */
export type LockGatherer = {
  /** Takes the first `end` keys of a range's page; gives the locks whose state is known to be there, or not to be. */
  readonly add: (range: Range, page: ListedPage, end: number) => Gathered;
  /** Gives the locks that still wait, as locks without a state, when the listing broke off. */
  readonly giveUp: () => readonly PairedLock[];
};

/**
 * A lock's state may lie in a range further left, but only when the lock's range begins with a key that begins with the
 * state's: such a lock waits until the ranges between the two have been listed.
 */
export function createLockGatherer(): LockGatherer {
  let waiting: { lock: PairedLock; range: Range }[] = [];

  function settle(): PairedLock[] {
    const settled: PairedLock[] = [];
    waiting = waiting.filter(({ lock, range }) => {
      const state = findState(lock.stateKey, range);
      if (state === undefined) return true;
      settled.push({ ...lock, state });
      return false;
    });
    return settled;
  }

  return {
    add(range, page, end) {
      const { locks, foreignSeen, open } = pairLocks(page, end, range.open);
      noteStates(range, page, end);
      range.open = open;
      const known: PairedLock[] = [];
      for (const lock of locks) {
        if (lock.state === null && range.start.startsWith(lock.stateKey)) waiting.push({ lock, range });
        else known.push(lock);
      }
      if (waiting.length > 0) known.push(...settle());
      return { locks: known, foreignSeen };
    },
    giveUp() {
      const left = waiting.map(({ lock }) => lock);
      waiting = [];
      return left;
    },
  };
}

/** The state's listing in a range left of `range`, null when it is in none; undefined while that is not known. */
function findState(stateKey: string, range: Range): StateListing | null | undefined {
  let from = range;
  while (from.start.startsWith(stateKey) && from.left !== null) {
    const { left } = from;
    const listing = left.open.find(({ key }) => key === stateKey)?.listing;
    if (listing !== undefined) return listing;
    if (left.state !== "done") return undefined;
    from = left;
  }
  return null;
}
