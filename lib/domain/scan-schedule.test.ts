import fc from "fast-check";
import { expect, test } from "vitest";
import { DAY_MS, type LookedAt, planNextLook, type ScanRule, SMALL_SWEEP_REQUESTS } from "./scan-schedule.ts";

const NEVER: LookedAt = {
  lastScanAtMs: null,
  lastAttemptAtMs: null,
  lastRefreshAtMs: null,
  durationMs: null,
  requests: null,
  refreshRequests: null,
  error: null,
};
const RULE: ScanRule = { everyMs: 60_000, coldEveryMs: 3_600_000, requestsPerDay: null };
const swept = (requests: number, over: Partial<LookedAt> = {}): LookedAt => ({
  ...NEVER,
  lastScanAtMs: 0,
  lastAttemptAtMs: 0,
  durationMs: 0,
  requests,
  ...over,
});
const THROTTLED = { code: "throttled", message: "m", hint: "h", statement: null } as const;

type World = {
  readonly rule: ScanRule;
  readonly sweep: Cost;
  readonly refresh: Cost;
  readonly hasRefreshPlan: boolean;
};
type Cost = { readonly requests: number; readonly durationMs: number };
type Look = {
  readonly kind: "sweep" | "refresh";
  readonly startMs: number;
  readonly endMs: number;
  readonly requests: number;
};

/** Carries a plan out for some days, and tells every look. */
function carryOut(world: World, days = 3): readonly Look[] {
  const looks: Look[] = [];
  let state = NEVER;
  let nowMs = 0;
  while (nowMs < days * DAY_MS && looks.length < 20_000) {
    const { kind, inMs } = planNextLook({ ...world.rule, state, nowMs, hasRefreshPlan: world.hasRefreshPlan });
    const { requests, durationMs } = world[kind];
    const startMs = nowMs + inMs;
    nowMs = startMs + durationMs;
    looks.push({ kind, startMs, endMs: nowMs, requests });
    state =
      kind === "sweep"
        ? { ...state, lastScanAtMs: nowMs, lastAttemptAtMs: nowMs, durationMs, requests }
        : { ...state, lastRefreshAtMs: nowMs, refreshRequests: requests };
  }
  return looks;
}

const worlds = fc
  .record({
    everyMs: fc.integer({ min: 5_000, max: 600_000 }),
    coldEveryMs: fc.oneof(fc.constant(0), fc.integer({ min: 60_000, max: DAY_MS })),
    requestsPerDay: fc.option(fc.integer({ min: 100, max: 200_000 })),
    pages: fc.integer({ min: 1, max: 10_000 }),
    share: fc.double({ min: 0.001, max: 1, noNaN: true }),
    sweepMs: fc.integer({ min: 0, max: 300_000 }),
    hasRefreshPlan: fc.boolean(),
  })
  .map(
    ({ everyMs, coldEveryMs, requestsPerDay, pages, share, sweepMs, hasRefreshPlan }): World => ({
      rule: { everyMs, coldEveryMs, requestsPerDay },
      sweep: { requests: pages, durationMs: sweepMs },
      refresh: { requests: Math.ceil(pages * share), durationMs: Math.floor(sweepMs * share) },
      hasRefreshPlan,
    }),
  );

const AT_THE_EDGE: World = {
  rule: { everyMs: 5_000, coldEveryMs: 77_820_001, requestsPerDay: null },
  sweep: { requests: 51, durationMs: 0 },
  refresh: { requests: 1, durationMs: 0 },
  hasRefreshPlan: true,
};

/** Its looks come every 5194.5 ms: half a millisecond too soon each time, they cost 24 requests too many in a day. */
const BETWEEN_MILLISECONDS: World = {
  rule: { everyMs: 5_000, coldEveryMs: 60_000, requestsPerDay: null },
  sweep: { requests: 12, durationMs: 0 },
  refresh: { requests: 1, durationMs: 0 },
  hasRefreshPlan: false,
};

test("without a budget no range is ever colder than coldEvery and the sweep that ends it", () => {
  fc.assert(
    fc.property(worlds, (world) => {
      const { rule, sweep } = world;
      const looks = carryOut({ ...world, rule: { ...rule, requestsPerDay: null } }, 2);
      const ends = looks.filter(({ kind }) => kind === "sweep").map(({ endMs }) => endMs);
      const limitMs = Math.max(rule.coldEveryMs, rule.everyMs * 1.1) + sweep.durationMs;
      for (const [index, endMs] of ends.entries())
        expect(endMs - (ends[index - 1] ?? 0)).toBeLessThanOrEqual(limitMs + 1);
      expect((looks.at(-1)?.endMs ?? 0) - (ends.at(-1) ?? 0)).toBeLessThanOrEqual(limitMs);
    }),
    // A rule and costs that once made a refresh end just before the sweep was due.
    { numRuns: 150, examples: [[AT_THE_EDGE]] },
  );
});

test("no 24 hours cost more than the budget and one look", () => {
  fc.assert(
    fc.property(worlds, fc.integer({ min: 100, max: 200_000 }), (world, requestsPerDay) => {
      const looks = carryOut({ ...world, rule: { ...world.rule, requestsPerDay } });
      let first = 0;
      let cost = 0;
      for (const look of looks) {
        cost += look.requests;
        for (
          let begin = looks[first];
          begin !== undefined && begin.startMs <= look.startMs - DAY_MS;
          begin = looks[first]
        ) {
          cost -= begin.requests;
          first += 1;
        }
        // The first refresh's price is not known before it, so it may come on top once.
        const isFirstDay = look.startMs < DAY_MS;
        const one = Math.max(world.sweep.requests, world.refresh.requests);
        expect(cost).toBeLessThanOrEqual(requestsPerDay + one + (isFirstDay ? world.refresh.requests : 0) + 1);
      }
    }),
    { numRuns: 150, examples: [[BETWEEN_MILLISECONDS, 199_596]] },
  );
});

test("a small bucket and every table are swept whole each time, from start to start", () => {
  const state = swept(SMALL_SWEEP_REQUESTS, { durationMs: 4_000 });
  expect(planNextLook({ ...RULE, state, nowMs: 0, hasRefreshPlan: true })).toEqual({ kind: "sweep", inMs: 56_000 });
  const table = swept(500, { durationMs: 90_000 });
  expect(planNextLook({ ...RULE, state: table, nowMs: 0, hasRefreshPlan: false })).toEqual({
    kind: "sweep",
    inMs: 6_000,
  });
});

test("a big bucket is refreshed until its sweep is due", () => {
  const state = swept(1_000, { lastRefreshAtMs: 3_480_000, refreshRequests: 80, durationMs: 3_000 });
  const plan = (over: Partial<LookedAt>, nowMs: number) =>
    planNextLook({ ...RULE, state: { ...state, ...over }, nowMs, hasRefreshPlan: true });

  expect(plan({}, 3_485_000)).toEqual({ kind: "refresh", inMs: 55_000 });
  expect(plan({ lastRefreshAtMs: 3_540_000 }, 3_541_000)).toEqual({ kind: "sweep", inMs: 59_000 });
  expect(planNextLook({ ...RULE, coldEveryMs: 0, state, nowMs: 3_485_000, hasRefreshPlan: true }).kind).toBe("sweep");
});

test("a source that was never looked at is swept at once", () => {
  expect(planNextLook({ ...RULE, state: NEVER, nowMs: 5, hasRefreshPlan: true })).toEqual({ kind: "sweep", inMs: 0 });
});

test("a big sweep that breaks off is not tried again at every look", () => {
  const state = swept(9_000, { lastAttemptAtMs: 3_700_000 });
  const plan = planNextLook({ ...RULE, state, nowMs: 3_700_000, hasRefreshPlan: true });
  expect(plan).toEqual({ kind: "sweep", inMs: 300_000 });
});

test("a table without capacity is left alone for five minutes", () => {
  const state = swept(3, { lastAttemptAtMs: 10_000, error: THROTTLED });
  expect(planNextLook({ ...RULE, state, nowMs: 10_000, hasRefreshPlan: false }).inMs).toBe(300_000);
});

test("a clock that was set back by a day delays a look by no more than its interval", () => {
  const state = swept(1, { lastScanAtMs: DAY_MS, lastAttemptAtMs: DAY_MS });
  expect(planNextLook({ ...RULE, state, nowMs: 0, hasRefreshPlan: false }).inMs).toBe(60_000);
});
