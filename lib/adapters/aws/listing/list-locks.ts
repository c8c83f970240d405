import type { SourceMemory } from "#lib/domain/source-memory.ts";
import { type ListingMemory, usableBoundaries } from "./boundaries.ts";
import type { ListedPage } from "./listed-page.ts";
import { createLockGatherer, type Gathered } from "./lock-gatherer.ts";
import type { Range } from "./range.ts";
import { createRangeBook } from "./range-book.ts";
import { rememberListing } from "./remember-listing.ts";

/** Where a page of a listing starts: behind a key, or where the page before it said. */
export type PageStart = { readonly startAfter: string; readonly token: string | null };

/** How many requests may be in flight, and who else wants to send some. */
export type RequestSlots = {
  /** Resolves when one more request may be sent; the function gives the slot back. */
  readonly acquire: () => Promise<() => void>;
  /** Requests that this listing should have in flight, at present. */
  readonly wanted: () => number;
};

export type LockListing = {
  readonly prefix: string;
  readonly memory: ListingMemory;
  readonly slots: RequestSlots;
  readonly fetchPage: (start: PageStart) => Promise<ListedPage>;
  /** Whether to ask for a page again that could not be had `failures` times in a row. */
  readonly mayRetry: (cause: unknown, failures: number) => boolean;
  /** Called for each page, in no order; its locks may come from an earlier one. */
  readonly onPage: (page: GatheredPage) => void;
};

export type GatheredPage = Gathered & { readonly objectsSeen: number };

export type ListingEnd = { readonly requests: number; readonly undecodable: number; readonly memory: SourceMemory };

/**
 * Lists a bucket in ranges at once and reports each lock that is there throughout exactly once, with the state beside it.
 * Throws when a page cannot be had, having reported what was found until then.
 */
export async function listLocks(listing: LockListing): Promise<ListingEnd> {
  const { prefix, slots, fetchPage, onPage } = listing;
  const book = createRangeBook({ prefix, boundaries: usableBoundaries(listing.memory.boundaries, prefix) });
  const gatherer = createLockGatherer();
  const { promise: ended, resolve: end, reject: fail } = Promise.withResolvers<void>();
  let requests = 0;
  let undecodable = 0;
  let asked = 0;
  // Set while nothing can be taken, so that nobody asks again before a page came.
  let isDry = false;
  let failure: { cause: unknown } | null = null;

  async function work(): Promise<void> {
    const release = await slots.acquire();
    try {
      const range = failure === null ? book.take() : undefined;
      if (range === undefined) isDry = true;
      else await list(range).finally(() => (isDry = false));
    } catch (cause) {
      failure ??= { cause };
    } finally {
      release();
    }
  }

  async function list(range: Range): Promise<void> {
    requests += 1;
    let page: ListedPage;
    try {
      page = await fetchPage({ startAfter: range.low, token: range.token });
    } catch (cause) {
      range.failures += 1;
      if (!listing.mayRetry(cause, range.failures)) throw cause;
      book.giveBack(range);
      return;
    }
    const count = book.note(range, page);
    const gathered = gatherer.add(range, page, count);
    undecodable += page.undecodable;
    onPage({ ...gathered, objectsSeen: count + page.undecodable });
  }

  function pump(): void {
    while (failure === null && !isDry && asked < slots.wanted() && book.hasWork()) {
      asked += 1;
      void work().finally(() => {
        asked -= 1;
        pump();
      });
    }
    if (asked > 0) return;
    if (failure !== null) fail(failure.cause);
    else if (book.isDone()) end();
    else fail(new Error("The listing stopped before its end."));
  }

  pump();
  try {
    await ended;
  } catch (cause) {
    const locks = gatherer.giveUp();
    if (locks.length > 0) onPage({ locks, foreignSeen: 0, objectsSeen: 0 });
    throw cause;
  }
  return { requests, undecodable, memory: rememberListing(book.ranges()) };
}
