import { type SegmentMemory, type SourceMemory, STATE_KEYS_MAX } from "#lib/domain/source-memory.ts";
import { compareUtf8 } from "#lib/domain/utf8-order.ts";
import { canBeBoundary, MARK_KEYS } from "./boundaries.ts";
import type { Range } from "./range.ts";
import type { MarkStates } from "./range-states.ts";
import { waitingStates } from "./state-places.ts";

const PAGE_KEYS = 1000;
/** Keys between two boundaries: a page less a little, so that a few new keys do not cost a request. */
const PART_KEYS = 10 * MARK_KEYS;
/** State keys that one memory holds, so that it stays a megabyte or two; beyond them segments are listed. */
const STATE_KEYS_IN_ALL = 20_000;

/** A stretch of keys that ends at `end`; null is the end of the listing. `stateKeys` are complete or of no use. */
type Part = { keys: number; states: number; readonly stateKeys: string[]; end: string | null };

/** Puts together what the ranges of a complete listing noted. */
export function rememberListing(ranges: Iterable<Range>): SourceMemory {
  const segments: Part[] = [];
  let total = 0;
  for (const part of partsOf(ranges)) {
    const last = segments.at(-1);
    total += part.keys;
    if (last === undefined || last.keys + part.keys > PART_KEYS) segments.push(part);
    else join(last, part);
  }
  const whole = total > PAGE_KEYS ? segments : [segments.reduce(join, newPart())];
  const boundaries = whole.slice(0, -1).flatMap(({ end }) => end ?? []);
  return { boundaries, segments: boundStateKeys(whole.map(toSegment)) };
}

/** The listing in parts as small as marks are close, each up to a key that can be a boundary. */
function* partsOf(ranges: Iterable<Range>): Generator<Part> {
  // States that a range could not place for sure; the first part that ends behind their place has them.
  const unplaced = new Set<string>();
  let part = newPart();
  function* close(keys: number, end: string, found: MarkStates | undefined): Generator<Part> {
    part.keys += keys;
    part.states += found?.count ?? 0;
    part.stateKeys.push(...(found?.keys ?? []));
    for (const stateKey of unplaced) {
      if (compareUtf8(`${stateKey}.tflock`, end) > 0) continue;
      unplaced.delete(stateKey);
      addOne(part, stateKey);
    }
    if (!canBeBoundary(end)) return;
    yield { ...part, end };
    part = newPart();
  }
  for (const { marks, states, edgeStates, open, keysSinceMark, high } of ranges) {
    for (const stateKey of [...edgeStates, ...waitingStates(open)]) unplaced.add(stateKey);
    for (const [index, mark] of marks.entries()) yield* close(MARK_KEYS, mark, states.get(index));
    const rest = states.get(marks.length);
    if (high !== null && keysSinceMark > 0) yield* close(keysSinceMark, high, rest);
    if (high !== null) continue;
    join(part, { keys: keysSinceMark, states: rest?.count ?? 0, stateKeys: rest?.keys ?? [], end: null });
  }
  for (const stateKey of unplaced) addOne(part, stateKey);
  if (part.keys + part.states > 0) yield part;
}

function newPart(): Part {
  return { keys: 0, states: 0, stateKeys: [], end: null };
}

function addOne(part: Part, stateKey: string): void {
  part.states += 1;
  part.stateKeys.push(stateKey);
}

function join(part: Part, next: Part): Part {
  part.keys += next.keys;
  part.states += next.states;
  part.stateKeys.push(...next.stateKeys);
  part.end = next.end;
  return part;
}

function toSegment({ keys, states, stateKeys }: Part): SegmentMemory {
  const isKept = states <= STATE_KEYS_MAX && stateKeys.length === states;
  return { keys, states, stateKeys: isKept ? stateKeys.sort(compareUtf8) : [] };
}

function boundStateKeys(segments: SegmentMemory[]): SegmentMemory[] {
  let left = STATE_KEYS_IN_ALL;
  // Where there are fewest, asking for each saves most.
  for (let most = 1; most <= STATE_KEYS_MAX; most += 1) {
    for (const [index, segment] of segments.entries()) {
      const { length } = segment.stateKeys;
      if (length !== most) continue;
      if (length <= left) left -= length;
      else segments[index] = { ...segment, stateKeys: [] };
    }
  }
  return segments;
}
