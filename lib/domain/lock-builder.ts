import type { HalfSighting } from "./half.ts";
import type { Lock } from "./lock.ts";
import { findFailures, gatherFacts } from "./lock-facts.ts";
import { compareByNeed } from "./lock-order.ts";
import { listHalves } from "./lock-status.ts";
import { ageAt } from "./lock-time.ts";
import { findValidUntil } from "./lock-validity.ts";
import { type BuildLocksInput, toLock } from "./lock-view.ts";
import { type HalfGroup, type LockPair, type Placed, PlaceFinder, readHalf, splitGroup } from "./pairing.ts";
import type { ReadHalf } from "./read-half.ts";
import type { Source, SourceState } from "./source.ts";

export type BuildInput = Omit<BuildLocksInput, "earlier" | "sources"> & {
  /** How far `ageMs` may lag, for callers to whom it matters little: ten thousand locks need not be copied for it. */
  readonly ageLagMsMax?: number;
};

export type LockBuilder = {
  /** Exactly `sortByNeed(buildLocks(input))`; only the locks that are not as they were are built again. */
  readonly build: (input: BuildInput) => readonly Lock[];
};

/** One lock as it was built last, and how long that holds. */
type Entry = {
  readonly pair: LockPair;
  lock: Lock;
  takenMs: number;
  failing: readonly SourceState[];
  builtAtMs: number;
  validUntilMs: number;
  /** The last build it was part of. */
  build: number;
};
type Group = HalfGroup & { readonly halves: ReadHalf[]; entries: Entry[] | null };

/**
 * Remembers the locks it built. It relies on the store, which answers the same object for a sighting until something about it
 * changed, and finds by that which state paths to look at again.
 */
export function createLockBuilder(sources: readonly Source[]): LockBuilder {
  const places = new PlaceFinder(sources);
  const groups = new Map<string, Group>();
  let sightings: readonly HalfSighting[] = [];
  let placedOf = new Map<HalfSighting, Placed | null>();
  let sorted: Entry[] = [];
  let build = 0;

  const touch = (placed: Placed): Group => {
    const group = groups.get(placed.groupId) ?? { ...placed.place, halves: [], entries: null };
    groups.set(placed.groupId, group);
    group.entries = null;
    return group;
  };

  /** Puts sightings that came into their groups, and takes those that went out of theirs. */
  const regroup = (next: readonly HalfSighting[]): void => {
    if (next === sightings) return;
    const before = placedOf;
    placedOf = new Map();
    for (const sighting of next) {
      if (placedOf.has(sighting)) continue;
      const known = before.get(sighting);
      const placed = known === undefined ? places.place(sighting) : known;
      placedOf.set(sighting, placed);
      if (known === undefined && placed !== null) touch(placed).halves.push(readHalf(sighting, placed.source));
    }
    for (const [sighting, placed] of before) {
      if (placed === null || placedOf.has(sighting)) continue;
      const { halves } = touch(placed);
      halves.splice(
        halves.findIndex((half) => half.sighting === sighting),
        1,
      );
      if (halves.length === 0) groups.delete(placed.groupId);
    }
    sightings = next;
  };

  return {
    build: (input) => {
      regroup(input.sightings);
      const states = new Map(input.sourceStates.map((state) => [state.sourceId, state]));
      const added: Entry[] = [];
      build += 1;
      for (const group of groups.values()) {
        if (group.entries === null) {
          group.entries = splitGroup(group).flatMap((pair) => buildEntry(pair, states, input) ?? []);
          added.push(...group.entries);
        } else for (const entry of group.entries) refresh(entry, states, input);
        for (const entry of group.entries) entry.build = build;
      }
      // Nearly in order already, which makes sorting cheap.
      sorted = [...sorted.filter((entry) => entry.build === build), ...added];
      sorted.sort((a, b) => compareByNeed(a.lock, b.lock));
      return sorted.map(({ lock }) => lock);
    },
  };
}

/** The same object as long as nothing of a lock but its age has changed. */
export function contentOf(lock: Lock): object {
  return lock.evidence;
}

type Input = Pick<BuildInput, "nowMs" | "sha256" | "ageLagMsMax">;
type States = ReadonlyMap<string, SourceState>;

function buildEntry(pair: LockPair, states: States, input: Input): Entry | null {
  const facts = gatherFacts(pair, states, input.nowMs);
  if (facts === null) return null;
  return {
    pair,
    lock: toLock(facts, input),
    takenMs: facts.takenMs,
    failing: facts.failing,
    builtAtMs: input.nowMs,
    validUntilMs: findValidUntil(facts),
    build: 0,
  };
}

function refresh(entry: Entry, states: States, input: Input): void {
  const { nowMs, ageLagMsMax = 0 } = input;
  const isValid = nowMs >= entry.builtAtMs && nowMs < entry.validUntilMs;
  if (!isValid || !hasSameFailures(entry, states)) {
    Object.assign(entry, buildEntry(entry.pair, states, input));
    return;
  }
  const ageMs = ageAt(entry.takenMs, nowMs);
  if (Math.abs(ageMs - (entry.lock.ageMs ?? 0)) > ageLagMsMax) entry.lock = { ...entry.lock, ageMs };
}

/** By what a lock shows of them. */
function hasSameFailures({ pair, failing }: Entry, states: States): boolean {
  const now = findFailures(listHalves(pair), states);
  return (
    now.length === failing.length &&
    now.every((state, index) => {
      const before = failing[index];
      return state.sourceId === before?.sourceId && state.lastScanAtMs === before.lastScanAtMs;
    })
  );
}
