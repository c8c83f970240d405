import { isStateKey } from "#lib/domain/state-path.ts";
import { compareUtf8 } from "#lib/domain/utf8-order.ts";
import type { ListedPage } from "./listed-page.ts";
import type { OpenKey } from "./lock-pairing.ts";

/**
 * A state's place is that of its lock, `<state>.tflock`, whether the lock is there or not: whoever lists that place sees the
 * lock. A state is a key that ends with `.tfstate`, or one that a lock was seen beside.
 */
export type StatePlace = {
  /** The first key of the page at or behind the place. */
  readonly index: number;
  readonly isLock: boolean;
  readonly stateKey: () => string;
};

const LOCK = Buffer.from(".tflock");
const STATE = Buffer.from(".tfstate");

/**
 * Finds the places of states that the first `end` keys of a page reach. `open` is what pairing kept of the pages before; a
 * state whose place lies behind the last key is found with a later page, or is among `waitingStates` of the last.
 */
export function findStatePlaces(
  page: ListedPage,
  end: number,
  open: readonly OpenKey[],
  onPlace: (place: StatePlace) => void,
): void {
  const { bytes, ends } = page.keys;
  // Each begins with the one below it, so that the place of the last is the lowest.
  const waiting: Waiting[] = waitingStates(open).map((key) => {
    const own = Buffer.from(key);
    return { bytes: own, from: 0, to: own.length };
  });
  let from = 0;
  for (let index = 0; index < end; index += 1) {
    const to = ends[index] ?? 0;
    for (let top = waiting.at(-1); top !== undefined; top = waiting.at(-1)) {
      const side = compareToPlace(bytes, from, to, top);
      if (side < 0) break;
      waiting.pop();
      const { bytes: own, from: start, to: stop } = top;
      // The lock itself is a place of its own.
      if (side > 0) onPlace({ index, isLock: false, stateKey: () => own.toString("utf8", start, stop) });
    }
    if (endsWith(bytes, from, to, STATE)) waiting.push({ bytes, from, to });
    else if (endsWith(bytes, from, to, LOCK)) {
      const stateKey = bytes.toString("utf8", from, to - LOCK.length);
      if (isStateKey(stateKey)) onPlace({ index, isLock: true, stateKey: () => stateKey });
    }
    from = to;
  }
}

/** The states whose places lie behind all keys listed so far. */
export function waitingStates(open: readonly OpenKey[]): string[] {
  const last = open.at(-1)?.key ?? "";
  return open.map(({ key }) => key).filter((key) => key.endsWith(".tfstate") && compareUtf8(last, `${key}.tflock`) < 0);
}

type Waiting = { readonly bytes: Buffer; readonly from: number; readonly to: number };

/** Below zero when the key comes before the state's place, zero when it is the state's lock. */
function compareToPlace(bytes: Buffer, from: number, to: number, state: Waiting): number {
  const length = state.to - state.from;
  for (let i = 0; i < length + LOCK.length; i += 1) {
    const own = from + i < to ? (bytes[from + i] ?? 0) : -1;
    const place = (i < length ? state.bytes[state.from + i] : LOCK[i - length]) ?? 0;
    if (own !== place) return own - place;
  }
  return to - from - length - LOCK.length;
}

function endsWith(bytes: Buffer, from: number, to: number, suffix: Buffer): boolean {
  if (to - from < suffix.length) return false;
  for (let i = 1; i <= suffix.length; i += 1) if (bytes[to - i] !== suffix[suffix.length - i]) return false;
  return true;
}
