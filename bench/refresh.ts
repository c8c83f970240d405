import { isInRange } from "#lib/domain/key-range.ts";
import { DOLLARS_PER_GET, DOLLARS_PER_LIST, estimatePlanPrice, planRefresh } from "#lib/domain/plan-refresh.ts";
import { DEFAULT_SCAN_RULE, type LookedAt, planNextLook } from "#lib/domain/scan-schedule.ts";
import { NO_MEMORY, type SourceMemory } from "#lib/domain/source-memory.ts";
import { type Bar, formatBars } from "./bars.ts";
import {
  type BucketShape,
  createSharedBucket,
  type PassingLock,
  rememberBucket,
  type SharedBucket,
} from "./refresh-world.ts";

/** What looking at a shared bucket for a while cost, and what it missed. */
export type RefreshFigures = {
  readonly requests: number;
  readonly dollars: number;
  /** What a whole sweep at every look would have taken. */
  readonly sweepRequests: number;
  readonly sweepDollars: number;
  /** The most that the last whole sweep ever lay back, at its end. */
  readonly coldAgeMs: number;
  readonly sweepMs: number;
  /** Locks beside known states, there during all of a refresh that did not look at them. */
  readonly missed: number;
  /** The longest that a lock beside a known state was there before it was seen. */
  readonly knownSeenAfterMs: number;
  readonly refreshes: number;
  readonly locksSeen: number;
};

const DAY_MS = 86_400_000;
const LATENCY_MS = 80;
const IN_FLIGHT = 32;
const PAGE_KEYS = 1_000;
/** Requests of a sweep whose boundaries are known, as measured, for each page that there is. */
const SWEEP_FACTOR = 1.06;
const RULE = DEFAULT_SCAN_RULE;

const CLUSTERED: BucketShape = {
  keys: 10_000_000,
  teams: 40,
  statesPerTeam: 45,
  strays: 200,
  newStates: 40,
  locks: 3_000,
  lastsMs: DAY_MS,
};
const SCATTERED: BucketShape = { ...CLUSTERED, teams: 0, statesPerTeam: 0, strays: 2_000 };

/** A day of a bucket of 10 million keys and 2,000 states, with the product's own plans and schedule, and no wire. */
export async function measureRefresh(): Promise<Bar[]> {
  const bars: Bar[] = [];
  for (const [name, shape] of [
    ["2,000 states in 40 teams and 200 strays", CLUSTERED],
    ["2,000 states anywhere", SCATTERED],
  ] as const) {
    const figures = simulateRefresh(shape);
    const add = (what: string, value: number, most: number, unit: string) =>
      bars.push({ name: `refresh, ${name}: ${what}`, value, most, unit });
    // Asked for one by one, scattered states take many requests, but a twelfth of a listing's price each.
    const mostRequests = shape === CLUSTERED ? 1 / 20 : 1 / 4;
    add("requests ÷ a sweep every minute", figures.requests / figures.sweepRequests, mostRequests, "×");
    add("dollars ÷ a sweep every minute", figures.dollars / figures.sweepDollars, 1 / 20, "×");
    const coldMost = RULE.coldEveryMs + figures.sweepMs;
    add("age of the coldest range", figures.coldAgeMs / 1000, coldMost / 1000, "s");
    add("locks beside known states that a refresh missed", figures.missed, 0, "");
  }
  return bars;
}

/** Looks at a bucket for as long as its shape lasts, whenever the product would. */
export function simulateRefresh(shape: BucketShape, seed = 1): RefreshFigures {
  const bucket = createSharedBucket(shape, createRandom(seed));
  const sweepRequests = Math.ceil((bucket.keys / PAGE_KEYS) * SWEEP_FACTOR);
  const shown = createShownLocks(bucket);
  const total = { lists: 0, gets: 0, refreshes: 0 };
  let state: LookedAt = NEVER_LOOKED;
  let memory: SourceMemory = NO_MEMORY;
  let nowMs = 0;
  let sweptFromMs = Number.NEGATIVE_INFINITY;
  let coldAgeMs = 0;
  while (nowMs < shape.lastsMs) {
    const look = planNextLook({ ...RULE, state, hasRefreshPlan: memory.segments !== null, nowMs });
    nowMs += look.inMs;
    const startMs = nowMs;
    const plan = look.kind === "refresh" ? planRefresh(memory, shown.locations()) : null;
    if (plan === null) {
      nowMs += durationOf(sweepRequests);
      memory = rememberBucket(bucket, startMs, nowMs - startMs);
      const found = shown.look({ startMs, endMs: nowMs, sweptFromMs, sees: () => true });
      sweptFromMs = startMs;
      total.lists += sweepRequests;
      total.gets += found;
      if (state.lastScanAtMs !== null) coldAgeMs = Math.max(coldAgeMs, nowMs - state.lastScanAtMs);
      state = {
        ...state,
        lastScanAtMs: nowMs,
        lastAttemptAtMs: nowMs,
        durationMs: nowMs - startMs,
        requests: sweepRequests,
      };
    } else {
      const lists = Math.round(estimatePlanPrice({ ...plan, locations: [] }, memory) / DOLLARS_PER_LIST);
      nowMs += durationOf(lists + plan.locations.length);
      const single = new Set(plan.locations);
      const sees = (key: string) => single.has(key) || plan.ranges.some((range) => isInRange(key, range));
      const found = shown.look({ startMs, endMs: nowMs, sweptFromMs, sees });
      // A new lock's body is read, and one that was asked for is listed with its state.
      total.lists += lists + found;
      total.gets += plan.locations.length + found;
      total.refreshes += 1;
      state = { ...state, lastRefreshAtMs: nowMs, refreshRequests: lists + plan.locations.length };
    }
  }
  const everyMinute = Math.floor(shape.lastsMs / RULE.everyMs);
  return {
    requests: total.lists + total.gets,
    dollars: total.lists * DOLLARS_PER_LIST + total.gets * DOLLARS_PER_GET,
    sweepRequests: everyMinute * sweepRequests,
    sweepDollars: everyMinute * sweepRequests * DOLLARS_PER_LIST,
    coldAgeMs,
    sweepMs: durationOf(sweepRequests),
    refreshes: total.refreshes,
    ...shown.figures(),
  };
}

/** What a page would show: which locks were seen, and how late. */
function createShownLocks(bucket: SharedBucket) {
  const states = new Map(bucket.states.map((state) => [`${state.key}.tflock`, state]));
  const shown = new Map<string, PassingLock>();
  let missed = 0;
  let knownSeenAfterMs = 0;
  let locksSeen = 0;

  return {
    locations: () => [...shown.keys()],
    /** Takes in one look; returns how many locks it found that nobody knew of. */
    look(look: { startMs: number; endMs: number; sweptFromMs: number; sees: (key: string) => boolean }): number {
      const { startMs, endMs, sweptFromMs, sees } = look;
      let found = 0;
      for (const [location, { toMs }] of shown) if (toMs < startMs && sees(location)) shown.delete(location);
      for (const lock of bucket.locks) {
        const { location, fromMs, toMs } = lock;
        if (fromMs > startMs || toMs < endMs || shown.get(location) === lock) continue;
        const state = states.get(location);
        const isKnown = state !== undefined && state.fromMs <= sweptFromMs && state.toMs >= endMs;
        if (!sees(location)) {
          if (isKnown) missed += 1;
          continue;
        }
        shown.set(location, lock);
        found += 1;
        if (isKnown) knownSeenAfterMs = Math.max(knownSeenAfterMs, endMs - fromMs);
      }
      locksSeen += found;
      return found;
    },
    figures: () => ({ missed, knownSeenAfterMs, locksSeen }),
  };
}

const NEVER_LOOKED: LookedAt = {
  lastScanAtMs: null,
  lastAttemptAtMs: null,
  lastRefreshAtMs: null,
  durationMs: null,
  requests: null,
  refreshRequests: null,
  error: null,
};

function durationOf(requests: number): number {
  return Math.ceil(requests / IN_FLIGHT) * LATENCY_MS;
}

function createRandom(seed: number): (below: number) => number {
  let state = seed | 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return Math.floor(((state >>> 8) / 2 ** 24) * below);
  };
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  process.stdout.write(`${formatBars(await measureRefresh())}\n`);
}
