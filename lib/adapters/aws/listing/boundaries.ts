import type { Range } from "./range.ts";
import { compareKeys } from "./utf8-order.ts";

/**
 * What one listing of a source learned of where its keys are, for the next one to begin with. Only a guess: a listing is
 * complete whatever stands here.
 */
export type ListingMemory = {
  /** Keys, in the order of UTF-8 bytes, that cut the listing in parts of nearly a page. */
  readonly boundaries: readonly string[];
};

export const NO_MEMORY: ListingMemory = { boundaries: [] };

/** A range notes every so many keys where it is. */
export const MARK_KEYS = 97;
const PAGE_KEYS = 1000;
/** Keys between two boundaries: a page less a little, so that a few new keys do not cost a request. */
const PART_KEYS = 10 * MARK_KEYS;
const KEY_BYTES_MAX = 1024;

/** Puts together what the ranges of a complete listing noted. */
export function rememberBoundaries(ranges: Iterable<Range>): ListingMemory {
  const boundaries: string[] = [];
  let total = 0;
  let keys = 0;
  let last = "";
  const add = (count: number, end: string | null) => {
    if (keys + count > PART_KEYS && last !== "") {
      boundaries.push(last);
      keys = 0;
    }
    keys += count;
    total += count;
    if (end !== null) last = end;
  };
  for (const range of ranges) {
    for (const mark of range.marks) add(MARK_KEYS, mark);
    if (range.keysSinceMark > 0) add(range.keysSinceMark, range.high);
  }
  return { boundaries: total > PAGE_KEYS ? usableBoundaries(boundaries, "") : [] };
}

/** Those that can cut a listing of `prefix`, in order: what was remembered may be of another time, or damaged. */
export function usableBoundaries(boundaries: readonly string[], prefix: string): string[] {
  const usable = boundaries
    .map(cutAtControl)
    .filter(
      (key) => key !== "" && key.startsWith(prefix) && key.isWellFormed() && Buffer.byteLength(key) <= KEY_BYTES_MAX,
    )
    .toSorted(compareKeys);
  return usable.filter((key, index) => key !== usable[index - 1]);
}

/** Not every database can keep control characters, and a boundary may as well lie a little before its key. */
function cutAtControl(key: string): string {
  for (let i = 0; i < key.length; i += 1) {
    const unit = key.charCodeAt(i);
    if (unit < 0x20 || unit === 0x7f) return key.slice(0, i);
  }
  return key;
}
