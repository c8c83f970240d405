import { compareUtf8 } from "#lib/domain/utf8-order.ts";
import { commonLength, drawKeyLine, isBetween, middleKey } from "./key-line.ts";
import { guessRungs } from "./key-rungs.ts";
import type { ListedPage } from "./listed-page.ts";
import { ListingOrderError } from "./listing-error.ts";
import { newRange, type Range } from "./range.ts";
import { countUpTo, markKeys, setToken } from "./range-pages.ts";

/**
 * Divides the key space among chains of requests. Its ranges, with what they listed already, always cover the key space
 * without gap or overlap: a range's end only moves down in the same step that makes a range of what was behind it, and a
 * range is done only when a page said that nothing follows, or reached the range's end. So each key that is there during
 * the whole listing is taken exactly once, whatever the guesses about where keys are.
 */
export type RangeBook = {
  /** The next range to send a request for; undefined when there is nothing to do, or no guess worth a request. */
  readonly take: () => Range | undefined;
  /** Notes a page of a range; returns how many of its keys belong to the range. */
  readonly note: (range: Range, page: ListedPage) => number;
  /** Gives a range back whose request failed. */
  readonly giveBack: (range: Range) => void;
  readonly hasWork: () => boolean;
  readonly isDone: () => boolean;
  /** All ranges in the order of keys. */
  readonly ranges: () => Iterable<Range>;
};

/**
 * Requests that guesses may waste: some at once, and then a share of those that found something. A bucket of which nothing
 * is remembered gets more at once, so that its first listing soon has enough ranges; it happens once to a bucket.
 */
const WASTE_AT_ONCE = { known: 4, unknown: 32 };
const WASTE_SHARE = 0.8;
/** A range with less left than this is not worth being cut. */
const PAGES_WORTH_A_CUT = 2;
const RUNGS_AT_ONCE = 6;

export function createRangeBook(options: { prefix: string; boundaries: readonly string[] }): RangeBook {
  const { prefix } = options;
  const leftmost = newRange("", null, false, 1);
  const waiting: Range[] = [leftmost];
  const listing = new Set<Range>();
  let useful = 0;
  let wasted = 0;
  let guessesOut = 0;
  const wasteAtOnce = options.boundaries.length === 0 ? WASTE_AT_ONCE.unknown : WASTE_AT_ONCE.known;

  for (const boundary of [...options.boundaries].reverse()) {
    if (leftmost.high === null || compareUtf8(boundary, leftmost.high) < 0) cut(leftmost, boundary, false, 1);
  }
  // The leftmost first: the order in which people read.
  waiting.sort((a, b) => -compareUtf8(a.start, b.start));

  /** Makes a range of what lies behind `key` in `range`. */
  function cut(range: Range, key: string, isGuess: boolean, pagesLeft: number): Range {
    const behind = newRange(key, range.high, isGuess, pagesLeft);
    behind.left = range;
    behind.right = range.right;
    if (range.right !== null) range.right.left = behind;
    range.right = behind;
    range.high = key;
    waiting.push(behind);
    if (isGuess) guessesOut += 1;
    return behind;
  }

  function mayGuess(): boolean {
    return wasted + guessesOut < wasteAtOnce + WASTE_SHARE * useful;
  }

  /** Cuts the range that seems to have most left. */
  function steal(): Range | undefined {
    if (!mayGuess()) return undefined;
    const candidates = [...listing].filter(isWorthACut);
    candidates.sort((a, b) => b.pagesLeft - a.pagesLeft);
    for (const range of candidates) {
      // After a miss the near guesses go first, and fewer of them.
      const nearFirst = range.misses > 0 || range.high === null;
      const rungs = range.misses > 0 ? 1 : RUNGS_AT_ONCE;
      const hasCut = nearFirst
        ? cutRungs(range, rungs) || cutMiddle(range)
        : cutMiddle(range) || cutRungs(range, rungs);
      if (hasCut) return waiting.pop();
      range.pagesLeft = 0;
    }
    return undefined;
  }

  function cutMiddle(range: Range): boolean {
    const { first, low } = range;
    const high = range.high ?? guessEnd(range);
    if (high === null || first === null) return false;
    const line = drawKeyLine(low, first, high);
    const middle = middleKey(line, low, high);
    if (middle === null) return false;
    range.pagesLeft /= 2;
    cut(range, middle, true, range.pagesLeft);
    return true;
  }

  function cutRungs(range: Range, most: number): boolean {
    const { first, low, high } = range;
    if (first === null) return false;
    const rungs = guessRungs({ first, low, high, prefix })
      .filter((rung) => pagesUpTo(range, rung) >= 1)
      .slice(0, most);
    const pagesLeft = range.pagesLeft / 2;
    let hasCut = false;
    for (const rung of rungs.reverse()) {
      if (!mayGuess() || !isBetween(rung, low, range.high)) continue;
      cut(range, rung, true, pagesLeft);
      hasCut = true;
    }
    if (hasCut) range.pagesLeft = pagesLeft;
    return hasCut;
  }

  function estimate(range: Range): number {
    const { high } = range;
    if (range.first === null) return range.pagesLeft;
    // Where nothing bounds it, as much as was found so far may still come.
    const left = high === null ? Math.max(4, useful) : Math.min(pagesUpTo(range, high), Math.max(8, 2 * useful));
    return left / 2 ** range.misses;
  }

  return {
    take() {
      const range = waiting.pop() ?? steal();
      if (range === undefined) return undefined;
      range.state = "listing";
      listing.add(range);
      return range;
    },
    note(range, page) {
      const end = countUpTo(page, range.high);
      listing.delete(range);
      if (page.keyCount > 0 && compareUtf8(page.keyAt(0), range.low) <= 0) {
        throw new ListingOrderError("a page does not begin where it was asked to");
      }
      range.pages += 1;
      range.failures = 0;
      const share = page.keyCount === 0 ? 0 : end / page.keyCount;
      useful += share;
      wasted += 1 - share;
      if (range.isGuess) {
        range.isGuess = false;
        guessesOut -= 1;
        const maker = range.left;
        if (maker !== null && maker.state !== "done") {
          maker.misses = end > 0 ? 0 : maker.misses + 1;
          if (maker.first !== null) maker.pagesLeft = estimate(maker);
        }
      }
      markKeys(range, page, end);
      const isReached = end < page.keyCount || (range.high !== null && page.lastKey === range.high);
      if (end > 0) {
        range.first = page.keyAt(0);
        range.middle = page.keyAt(end >>> 1);
        range.low = page.keyAt(end - 1);
        // A full page after a miss: there is more in it than the miss made believe.
        if (!isReached) range.misses = Math.max(0, range.misses - 1);
      }
      if (page.nextToken === null || isReached) {
        range.state = "done";
        return end;
      }
      setToken(range, page, end);
      range.state = "waiting";
      range.pagesLeft = estimate(range);
      waiting.push(range);
      return end;
    },
    giveBack(range) {
      listing.delete(range);
      range.state = "waiting";
      waiting.push(range);
    },
    hasWork: () => waiting.length > 0 || (mayGuess() && [...listing].some(isWorthACut)),
    isDone: () => waiting.length === 0 && listing.size === 0,
    *ranges() {
      for (let range: Range | null = leftmost; range !== null; range = range.right) yield range;
    },
  };
}

/** Where names that begin like those of the last page would end, when nothing bounds the range. */
function guessEnd({ first, low }: Range): string | null {
  const at = commonLength(first ?? "", low);
  const character = low.charAt(at);
  if (/[a-z\d]/.test(character)) return `${low.slice(0, at)}z`;
  return /[A-Z]/.test(character) ? `${low.slice(0, at)}Z` : null;
}

/** Pages from where the range is to `key`, if keys were as dense as on the end of its last page. */
function pagesUpTo({ first, middle, low }: Range, key: string): number {
  if (first === null || middle === null) return 0;
  const line = drawKeyLine(first, low, key);
  const at = line.at(low);
  const step = Math.min(at - line.at(first), 2 * (at - line.at(middle)));
  return step > 0 ? (line.at(key) - at) / step : Number.POSITIVE_INFINITY;
}

/** Only a page that was seen says where a range may be cut. */
function isWorthACut({ first, pagesLeft }: Range): boolean {
  return first !== null && pagesLeft >= PAGES_WORTH_A_CUT;
}
