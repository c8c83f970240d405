import { STATE_KEYS_MAX } from "#lib/domain/source-memory.ts";
import { MARK_KEYS } from "./boundaries.ts";
import type { ListedPage } from "./listed-page.ts";
import type { Range } from "./range.ts";
import { findStatePlaces } from "./state-places.ts";

/** States between two marks of a range; `keys` are all of them, or none where they are too many to be asked for one by one. */
export type MarkStates = { count: number; keys: string[] };

/** Marks this near to each other mostly come to lie in one segment. */
const MARKS_TOGETHER = 5;

/** Notes the states of a page whose keys are marked already, and which of them its range cannot tell from its left neighbour's. */
export function noteStates(range: Range, page: ListedPage, end: number): void {
  const keysBefore = range.marks.length * MARK_KEYS + range.keysSinceMark - end;
  findStatePlaces(page, end, range.open, ({ index, isLock, stateKey }) => {
    if (isLock && range.start.startsWith(stateKey())) range.edgeStates.push(stateKey());
    else addState(range, Math.floor((keysBefore + index) / MARK_KEYS), stateKey);
  });
}

function addState({ states }: Range, mark: number, stateKey: () => string): void {
  let own = states.get(mark);
  if (own === undefined) {
    own = { count: 0, keys: [] };
    states.set(mark, own);
  }
  own.count += 1;
  if (own.count > own.keys.length + 1) return;
  own.keys.push(stateKey());
  forgetCrowd(states, mark);
}

/** Keys of many states are a burden to keep, and are listed anyway. */
function forgetCrowd(states: ReadonlyMap<number, MarkStates>, mark: number): void {
  let kept = 0;
  for (let one = mark; one > mark - MARKS_TOGETHER; one -= 1) kept += states.get(one)?.keys.length ?? 0;
  if (kept <= STATE_KEYS_MAX) return;
  for (let one = mark; one > mark - MARKS_TOGETHER; one -= 1) {
    const crowded = states.get(one);
    if (crowded !== undefined) crowded.keys = [];
  }
}
