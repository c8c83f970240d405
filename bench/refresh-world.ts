import type { SegmentMemory, SourceMemory } from "#lib/domain/source-memory.ts";
import { STATE_KEYS_MAX } from "#lib/domain/source-memory.ts";
import { compareUtf8 } from "#lib/domain/utf8-order.ts";

/** A shared bucket of mostly other things, and a day in the life of its states. */
export type SharedBucket = {
  readonly keys: number;
  readonly states: readonly LivingState[];
  readonly locks: readonly PassingLock[];
};

export type LivingState = { readonly key: string; readonly fromMs: number; readonly toMs: number };
export type PassingLock = { readonly location: string; readonly fromMs: number; readonly toMs: number };

export type BucketShape = {
  keys: number;
  /** Prefixes that hold the same number of states each, side by side. */
  teams: number;
  statesPerTeam: number;
  /** States anywhere. */
  strays: number;
  newStates: number;
  locks: number;
  lastsMs: number;
};

/** Keys between two boundaries, as the product remembers them. */
const PART_KEYS = 970;
const MINUTE_MS = 60_000;

export function createSharedBucket(shape: BucketShape, random: (below: number) => number): SharedBucket {
  const { keys, lastsMs } = shape;
  const always = { fromMs: Number.NEGATIVE_INFINITY, toMs: Number.POSITIVE_INFINITY };
  const teams = Array.from({ length: shape.teams }, () => fillerKey(random(keys)));
  const newKey = (index: number) => `${teams[random(2 * teams.length)] ?? fillerKey(random(keys))}/new-${index}`;
  const old = [
    ...teams.flatMap((team) => Array.from({ length: shape.statesPerTeam }, (_, index) => `${team}/service-${index}`)),
    ...Array.from({ length: shape.strays }, (_, index) => `${fillerKey(random(keys))}/stray-${index}`),
  ].map((path) => ({ key: `${path}/terraform.tfstate`, ...always }));
  const fresh = Array.from({ length: shape.newStates }, (_, index) => {
    const fromMs = random(lastsMs);
    return { key: `${newKey(index)}/terraform.tfstate`, fromMs, toMs: always.toMs };
  });
  // One in fifty states is removed during the day.
  const states = [...old, ...fresh].map((state, index) =>
    index % 50 === 7 ? { ...state, toMs: Math.max(state.fromMs, 0) + random(lastsMs) } : state,
  );
  const first = fresh.map(({ key, fromMs }) => makeLock(key, fromMs, random));
  const others = Array.from({ length: shape.locks }, () => {
    const state = states[random(states.length)];
    const fromMs = random(lastsMs);
    return state !== undefined && state.fromMs <= fromMs && fromMs < state.toMs
      ? makeLock(state.key, fromMs, random)
      : null;
  });
  return { keys, states, locks: inTurns([...first, ...others.filter((lock) => lock !== null)]) };
}

/** Without those that would take a lock which somebody holds. */
function inTurns(locks: readonly PassingLock[]): PassingLock[] {
  const freeAtMs = new Map<string, number>();
  return locks
    .toSorted((a, b) => a.fromMs - b.fromMs)
    .filter(({ location, fromMs, toMs }) => {
      if (fromMs <= (freeAtMs.get(location) ?? Number.NEGATIVE_INFINITY)) return false;
      freeAtMs.set(location, toMs);
      return true;
    });
}

/** From seconds to half an hour. */
function makeLock(stateKey: string, fromMs: number, random: (below: number) => number): PassingLock {
  return { location: `${stateKey}.tflock`, fromMs, toMs: fromMs + 5_000 + random(30 * MINUTE_MS) };
}

/** What a sweep that lists segment after segment from `startMs` on leaves; it takes `durationMs`. */
export function rememberBucket(bucket: SharedBucket, startMs: number, durationMs: number): SourceMemory {
  const parts = Math.ceil(bucket.keys / PART_KEYS);
  const boundaries = boundariesOf(bucket);
  const found = Array.from({ length: parts }, (): string[] => []);
  for (const { key, fromMs, toMs } of bucket.states) {
    const part = findPart(boundaries, `${key}.tflock`);
    const seenAtMs = startMs + (part / parts) * durationMs;
    if (fromMs <= seenAtMs && seenAtMs < toMs) found[part]?.push(key);
  }
  const segments = found.map((stateKeys): SegmentMemory => {
    const states = stateKeys.length;
    return { keys: PART_KEYS + states, states, stateKeys: states > STATE_KEYS_MAX ? [] : stateKeys.sort(compareUtf8) };
  });
  return { boundaries, segments };
}

const known = new WeakMap<SharedBucket, string[]>();

function boundariesOf(bucket: SharedBucket): string[] {
  const parts = Math.ceil(bucket.keys / PART_KEYS);
  const boundaries =
    known.get(bucket) ?? Array.from({ length: parts - 1 }, (_, part) => fillerKey((part + 1) * PART_KEYS));
  known.set(bucket, boundaries);
  return boundaries;
}

function findPart(boundaries: readonly string[], key: string): number {
  let low = 0;
  let high = boundaries.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareUtf8(boundaries[middle] ?? "", key) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

function fillerKey(index: number): string {
  const number = String(index).padStart(8, "0");
  return `data/${number.slice(0, 4)}/${number.slice(4)}`;
}
