import type { SourceMemory } from "#lib/domain/source-memory.ts";
import { compareUtf8 } from "#lib/domain/utf8-order.ts";

/**
 * What a listing begins with of what the one before it learned: where keys are. Only a guess: a listing is complete whatever
 * stands here.
 */
export type ListingMemory = Pick<SourceMemory, "boundaries">;

/** A range notes every so many keys where it is. */
export const MARK_KEYS = 97;
const KEY_BYTES_MAX = 1024;

/** Those that can cut a listing of `prefix`, in order: what was remembered may be of another time, or damaged. */
export function usableBoundaries(boundaries: readonly string[], prefix: string): string[] {
  const usable = boundaries
    .map(cutAtControl)
    .filter((key) => key.startsWith(prefix) && isUsable(key))
    .toSorted(compareUtf8);
  return usable.filter((key, index) => key !== usable[index - 1]);
}

/** True for a key that is the same after it was kept and read again. */
export function canBeBoundary(key: string): boolean {
  return isUsable(key) && cutAtControl(key) === key;
}

function isUsable(key: string): boolean {
  return key !== "" && key.isWellFormed() && Buffer.byteLength(key) <= KEY_BYTES_MAX;
}

/** Not every database can keep control characters, and a boundary may as well lie a little before its key. */
function cutAtControl(key: string): string {
  for (let i = 0; i < key.length; i += 1) {
    const unit = key.charCodeAt(i);
    if (unit < 0x20 || unit === 0x7f) return key.slice(0, i);
  }
  return key;
}
