import { compareUtf8 } from "#lib/domain/utf8-order.ts";
import { MARK_KEYS } from "./boundaries.ts";
import type { ListedPage } from "./listed-page.ts";
import { ListingFormatError } from "./listing-error.ts";
import type { Range } from "./range.ts";

/** How many keys of the page are not behind `high`. */
export function countUpTo(page: ListedPage, high: string | null): number {
  if (high === null || page.keyCount === 0 || compareUtf8(page.keyAt(page.keyCount - 1), high) <= 0)
    return page.keyCount;
  let low = 0;
  let behind = page.keyCount;
  while (low < behind) {
    const middle = (low + behind) >>> 1;
    if (compareUtf8(page.keyAt(middle), high) <= 0) low = middle + 1;
    else behind = middle;
  }
  return low;
}

/** Notes where the range is, every so many keys. */
export function markKeys(range: Range, page: ListedPage, end: number): void {
  let at = MARK_KEYS - range.keysSinceMark;
  for (; at <= end; at += MARK_KEYS) range.marks.push(page.keyAt(at - 1));
  range.keysSinceMark = MARK_KEYS - (at - end);
}

/** After a page without a usable last key, only the token says where to go on. */
export function setToken(range: Range, { lastKey, nextToken }: ListedPage, end: number): void {
  if (end > 0 || lastKey !== null) range.tokensSeen.clear();
  range.token = lastKey === null ? nextToken : null;
  if (range.token === null) return;
  if (range.token === "") throw new ListingFormatError("it goes on, but does not say where");
  if (range.tokensSeen.has(range.token)) throw new ListingFormatError("it goes round in circles: a page came twice");
  range.tokensSeen.add(range.token);
}
