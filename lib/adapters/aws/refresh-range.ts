import type { KeyRange } from "#lib/domain/key-range.ts";
import { compareUtf8 } from "#lib/domain/utf8-order.ts";
import type { BucketListing } from "./bucket-listing.ts";
import { quoteEtag } from "./etag.ts";
import type { ListedPage } from "./listing/listed-page.ts";
import { ListingOrderError } from "./listing/listing-error.ts";
import { type PairedLock, pairLocks } from "./listing/lock-pairing.ts";
import { newRange, type Range } from "./listing/range.ts";
import { countUpTo, setToken } from "./listing/range-pages.ts";
import type { ListedLock } from "./s3-lister.ts";

export type RangeLock = ListedLock & {
  /** False when the state may lie before the range, where nobody looked. */
  readonly isStateSure: boolean;
};

export type RangeEnd = { readonly objectsSeen: number; readonly foreignSeen: number; readonly undecodable: number };

/** Lists one range to its end, page after page. Throws when a page cannot be had, having given the locks of those before it. */
export async function listRange(
  listing: BucketListing,
  { after, through }: KeyRange,
  onLock: (lock: RangeLock) => void,
): Promise<RangeEnd> {
  const range = newRange(after, through, false, 1);
  const seen = { objectsSeen: 0, foreignSeen: 0, undecodable: 0 };
  for (;;) {
    const page = await askPage(listing, range);
    if (page.keyCount > 0 && compareUtf8(page.keyAt(0), range.low) <= 0) {
      throw new ListingOrderError("a page does not begin where it was asked to");
    }
    const end = countUpTo(page, through);
    const { locks, foreignSeen, open } = pairLocks(page, end, range.open);
    for (const lock of locks) onLock(toRangeLock(lock, after));
    seen.objectsSeen += end + page.undecodable;
    seen.foreignSeen += foreignSeen;
    seen.undecodable += page.undecodable;
    range.open = open;
    if (end > 0) range.low = page.keyAt(end - 1);
    if (page.nextToken === null || end < page.keyCount || range.low === through) return seen;
    setToken(range, page, end);
  }
}

async function askPage(listing: BucketListing, range: Range): Promise<ListedPage> {
  for (let failures = 1; ; failures += 1) {
    const release = await listing.slots.acquire();
    try {
      return await listing.fetchPage({ startAfter: range.low, token: range.token });
    } catch (thrown) {
      if (!listing.mayRetry(thrown, failures)) throw thrown;
    } finally {
      release();
    }
  }
}

function toRangeLock(lock: PairedLock, after: string): RangeLock {
  const etag = lock.etag === null ? null : quoteEtag(lock.etag);
  return { ...lock, etag, isStateSure: lock.state !== null || !after.startsWith(lock.stateKey) };
}
