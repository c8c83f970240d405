import fc from "fast-check";
import { expect, test } from "vitest";
import { isInRange } from "./key-range.ts";
import {
  DOLLARS_PER_GET,
  DOLLARS_PER_LIST,
  estimatePlanPrice,
  estimateSweepPrice,
  planRefresh,
} from "./plan-refresh.ts";
import { NO_MEMORY, type SegmentMemory, type SourceMemory, STATE_KEYS_MAX } from "./source-memory.ts";
import { compareUtf8 } from "./utf8-order.ts";

test("every state and every known lock is in exactly one range or location of the plan, which never costs more than half a sweep", () => {
  let plans = 0;
  fc.assert(
    fc.property(bucketCase, ({ segments: given, known: strays }) => {
      const { memory, states } = makeMemory(given);
      const known = [...strays, ...states.filter((_, index) => index % 7 === 3).map((state) => `${state}.tflock`)];

      const plan = planRefresh(memory, known);

      if (plan === null) return;
      plans += 1;
      const places = new Set([...states.map((state) => `${state}.tflock`), ...known]);
      const asked = new Map(plan.locations.map((location) => [location, 0]));
      for (const location of plan.locations) asked.set(location, (asked.get(location) ?? 0) + 1);
      for (const place of places) {
        const inRanges = plan.ranges.filter((range) => isInRange(place, range)).length;
        expect([place, inRanges + (asked.get(place) ?? 0)]).toEqual([place, 1]);
      }
      for (const location of plan.locations) expect(places).toContain(location);
      const price = estimatePlanPrice(plan, memory);
      expect(price).toBeLessThanOrEqual(estimateSweepPrice(memory.segments ?? []) / 2 + 1e-12);
    }),
    { numRuns: 500 },
  );
  expect(plans).toBeGreaterThan(100);
});

test("few states are asked for one by one, many are listed, and neighbours are listed together", () => {
  const memory: SourceMemory = {
    boundaries: ["b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"],
    segments: [quiet, quiet, crowded, crowded, quiet, few(["f/x"]), quiet, quiet, quiet, quiet, quiet, quiet],
  };

  const plan = planRefresh(memory, ["c5.tflock", "f/x.tflock", "zz.tflock"]);

  expect(plan).toEqual({
    ranges: [{ after: "c", through: "e" }],
    locations: ["f/x.tflock", "zz.tflock"],
  });
  expect(plan && estimatePlanPrice(plan, memory)).toBeCloseTo(2 * DOLLARS_PER_LIST + 2 * DOLLARS_PER_GET, 12);
});

test("a stretch of many crowded segments is listed as several ranges at once", () => {
  const segments = Array.from({ length: 100 }, (_, index) => (index < 40 ? crowded : quiet));
  const boundaries = Array.from({ length: 99 }, (_, index) => `k${String(index).padStart(2, "0")}`);

  expect(planRefresh({ boundaries, segments }, [])?.ranges).toEqual([
    { after: "", through: "k15" },
    { after: "k15", through: "k31" },
    { after: "k31", through: "k39" },
  ]);
});

test("where many locks are known in one segment, it is listed", () => {
  const boundaries = ["b", "c", "d"];
  const known = Array.from({ length: STATE_KEYS_MAX + 1 }, (_, index) => `b/${index}.tflock`);

  const plan = planRefresh({ boundaries, segments: [quiet, quiet, quiet, quiet] }, known);

  expect(plan).toEqual({ ranges: [{ after: "b", through: "c" }], locations: [] });
});

test("there is no plan without knowledge of states, nor where it would cost more than half a sweep", () => {
  expect(planRefresh(NO_MEMORY, ["a.tflock"])).toBeNull();
  expect(planRefresh({ boundaries: ["a"], segments: null }, [])).toBeNull();
  expect(planRefresh({ boundaries: ["a"], segments: [quiet] }, [])).toBeNull();
  expect(planRefresh({ boundaries: ["b"], segments: [crowded, crowded] }, [])).toBeNull();
  expect(planRefresh({ boundaries: ["b", "c"], segments: [crowded, crowded, quiet] }, [])).toBeNull();
  expect(planRefresh({ boundaries: ["b"], segments: [quiet, quiet] }, [])).toEqual({ ranges: [], locations: [] });
});

const quiet: SegmentMemory = { keys: 970, states: 0, stateKeys: [] };
const crowded: SegmentMemory = { keys: 970, states: 400, stateKeys: [] };
function few(stateKeys: readonly string[]): SegmentMemory {
  return { keys: 970, states: stateKeys.length, stateKeys };
}

const name = fc.array(fc.constantFrom("a", "/", "é", "\uFFFD", "\u{1F680}", "~", "!"), { minLength: 1, maxLength: 4 });
const bucketCase = fc.record({
  /** How many states each segment has. */
  segments: fc.array(
    fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat({ max: 14 }) }),
    {
      minLength: 1,
      maxLength: 60,
    },
  ),
  known: fc.array(
    fc.tuple(fc.nat({ max: 60 }), name).map(([part, rest]) => `${formatPart(part)}${rest.join("")}.tflock`),
    { maxLength: 12 },
  ),
});

/** Segment n holds what begins with n, and its boundary ends it. */
function makeMemory(counts: readonly number[]): { memory: SourceMemory; states: string[] } {
  const stateKeys = counts.map((count, part) =>
    Array.from({ length: count }, (_, index) => `${formatPart(part)}/${index}.tfstate`).sort(compareUtf8),
  );
  const segments = stateKeys.map((keys) => ({
    keys: 970,
    states: keys.length,
    stateKeys: keys.length > STATE_KEYS_MAX ? [] : keys,
  }));
  const boundaries = counts.slice(1).map((_, part) => `${formatPart(part)}/z`);
  return { memory: { boundaries, segments }, states: stateKeys.flat() };
}

function formatPart(part: number): string {
  return String(part).padStart(3, "0");
}
