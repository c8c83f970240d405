import fc from "fast-check";
import { expect, test } from "vitest";
import type { PaceClock } from "./pace-clock.ts";
import { createReadBudget } from "./read-budget.ts";

const RATE = { unitsPerSecond: 1.25, burstUnits: 1, windowMs: 10_000, windowUnits: 12.5 };

type JumpingClock = PaceClock & { readonly advance: (ms: number) => void };

function createClock(): JumpingClock {
  let nowMs = 0;
  const advance = (ms: number) => {
    nowMs += ms;
  };
  return { monotonicMs: () => nowMs, advance, pause: async (ms) => advance(ms) };
}

/** Any plan of reads; `isLate` ones are answered while the next one waits. */
const reads = fc.array(
  fc.record({
    units: fc.constantFrom(0.5, 1),
    idleMs: fc.oneof(fc.constant(0), fc.constant(30_000), fc.integer({ min: 9_000, max: 10_100 })),
    tookMs: fc.nat(400),
  }),
  { minLength: 1, maxLength: 60 },
);

test("never takes more in any ten seconds than the rate allows, however reads are asked for", async () => {
  await fc.assert(
    fc.asyncProperty(reads, async (plan) => {
      const clock = createClock();
      const budget = createReadBudget(clock, RATE);
      const taken: { atMs: number; units: number }[] = [];
      for (const { units, idleMs, tookMs } of plan) {
        clock.advance(idleMs);
        const settle = await budget.reserve(units);
        const sentAtMs = clock.monotonicMs();
        clock.advance(tookMs);
        // AWS may meter a read at any moment between the two.
        taken.push({ atMs: units === 1 ? sentAtMs : clock.monotonicMs(), units });
        settle(units);
      }
      for (const { atMs: endMs } of taken) {
        const within = taken.filter(({ atMs }) => atMs <= endMs && atMs >= endMs - RATE.windowMs);
        expect(within.reduce((sum, { units }) => sum + units, 0)).toBeLessThanOrEqual(RATE.windowUnits);
      }
    }),
    { numRuns: 300 },
  );
});

test("a read that took more than planned is paid for by waiting, to the last unit", async () => {
  const clock = createClock();
  const budget = createReadBudget(clock, RATE);

  (await budget.reserve(1))(101);
  await budget.reserve(1);

  expect(clock.monotonicMs()).toBeGreaterThanOrEqual((101 / RATE.unitsPerSecond) * 1000);
});

test("a read larger than the rate ever allows is granted alone, and not refused for ever", async () => {
  const clock = createClock();
  const budget = createReadBudget(clock, RATE);

  (await budget.reserve(50))(50);
  await budget.reserve(50);

  expect(clock.monotonicMs()).toBeGreaterThanOrEqual((50 / RATE.unitsPerSecond) * 1000);
});

test("reads in flight count, and the next one waits for their end where only that can tell", async () => {
  const clock = createClock();
  const budget = createReadBudget(clock, { unitsPerSecond: 500, burstUnits: 500, windowMs: 1_000, windowUnits: 500 });
  const settles = await Promise.all([128, 128, 128].map((units) => budget.reserve(units)));
  const order: string[] = [];
  const fourth = budget.reserve(128).then(() => order.push("fourth"));
  const fifth = budget.reserve(1).then(() => order.push("fifth"));
  await new Promise(setImmediate);
  expect(order).toEqual([]);

  for (const settle of settles) settle(10);
  await Promise.all([fourth, fifth]);

  expect(order).toEqual(["fourth", "fifth"]);
  // They took less than was held for them, so nothing has to leave the window first.
  expect(clock.monotonicMs()).toBeLessThan(100);
});

test("a wait that is cut short ends that read, and no other", async () => {
  const clock = createClock();
  let isCut = true;
  const pause = async (ms: number) => {
    if (isCut) throw new Error("cut");
    clock.advance(ms);
  };
  const budget = createReadBudget({ ...clock, pause }, RATE);
  (await budget.reserve(1))(1);

  await expect(budget.reserve(1)).rejects.toThrow("cut");
  isCut = false;
  await expect(budget.reserve(1)).resolves.toBeInstanceOf(Function);
});
