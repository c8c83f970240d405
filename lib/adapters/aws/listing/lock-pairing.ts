import type { StateListing } from "#lib/domain/half.ts";
import { parseLockObjectKey } from "#lib/domain/s3-lock-key.ts";
import type { KeyBytes } from "./key-bytes.ts";
import type { ListedObject, ListedPage } from "./listed-page.ts";
import { ListingOrderError } from "./listing-error.ts";

/** A key that all later keys of its range began with so far: its lock may still come. */
export type OpenKey = { readonly key: string; readonly listing: StateListing };

/** A lock with the state beside it; null when no such state was among the keys looked at. */
export type PairedLock = ListedObject & { readonly stateKey: string; readonly state: StateListing | null };

export type PairedPage = {
  readonly locks: readonly PairedLock[];
  /** Named like locks, but no state can stand beside them. */
  readonly foreignSeen: number;
  readonly open: readonly OpenKey[];
};

const SUFFIX = Buffer.from(".tflock");

/**
 * Finds the locks among the first `end` keys of a page and the states beside them. Keys come in UTF-8 order, so everything
 * listed between a state and its lock begins with the state's key, and only such keys need be remembered.
 */
export function pairLocks(page: ListedPage, end: number, open: readonly OpenKey[]): PairedPage {
  const { bytes, ends } = page.keys;
  const first = end > 0 ? page.keyAt(0) : "";
  const carried = open.filter(({ key }) => first.startsWith(key));
  // Each remembered key is the beginning of the next: its length in bytes says which it is. Below zero they are carried.
  const lengths = carried.map(({ key }) => Buffer.byteLength(key));
  const places = carried.map((_, index) => index - carried.length);
  const openAt = (place: number): OpenKey => {
    const known = carried[place + carried.length];
    if (place < 0 && known !== undefined) return known;
    const { key, lastModifiedMs, sizeBytes } = page.objectAt(place);
    return { key, listing: { lastModifiedMs: lastModifiedMs ?? 0, sizeBytes } };
  };
  const locks: PairedLock[] = [];
  let foreignSeen = 0;
  let from = 0;
  for (let index = 0; index < end; index += 1) {
    const to = ends[index] ?? 0;
    const shared = index === 0 ? 0 : sharedWithPrevious(page.keys, index);
    if (index > 0) while (lengths.length > 0 && (lengths.at(-1) ?? 0) > shared) lengths.length = places.length -= 1;
    if (isLockName(bytes, from, to)) {
      const listed = page.objectAt(index);
      const parsed = parseLockObjectKey(listed.key);
      if (parsed.verdict === "foreign") foreignSeen += 1;
      if (parsed.verdict === "lock") {
        const at = lengths.lastIndexOf(to - from - SUFFIX.length);
        const state = at < 0 ? null : openAt(places[at] ?? 0).listing;
        locks.push({ ...listed, stateKey: parsed.stateKey, state });
      }
    }
    lengths.push(to - from);
    places.push(index);
    from = to;
  }
  return { locks, foreignSeen, open: end === 0 ? open : places.map(openAt) };
}

/** Bytes that a key has in common with the one before it, which must be lower. */
function sharedWithPrevious({ bytes, ends }: KeyBytes, index: number): number {
  const from = ends[index - 1] ?? 0;
  const to = ends[index] ?? 0;
  const previous = ends[index - 2] ?? 0;
  const length = Math.min(from - previous, to - from);
  let shared = 0;
  while (shared < length && bytes[previous + shared] === bytes[from + shared]) shared += 1;
  const isAscending =
    shared < length ? (bytes[previous + shared] ?? 0) < (bytes[from + shared] ?? 0) : to - from > from - previous;
  if (!isAscending) throw new ListingOrderError("a page has a key after one that should follow it");
  return shared;
}

function isLockName(bytes: Buffer, from: number, to: number): boolean {
  if (to - from < SUFFIX.length) return false;
  for (let i = 1; i <= SUFFIX.length; i += 1) if (bytes[to - i] !== SUFFIX[SUFFIX.length - i]) return false;
  return true;
}
