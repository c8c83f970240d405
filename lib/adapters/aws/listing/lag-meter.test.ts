import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { createLagMeter } from "./lag-meter.ts";

test("says how late a loop is that has too much to do, and forgets it with the window", async () => {
  const meter = createLagMeter(200);
  onTestFinished(meter.watch());
  const atFirst = meter.lagMs();
  for (let i = 0; i < 3; i += 1) {
    const untilMs = performance.now() + 80;
    while (performance.now() < untilMs);
    await nextTurn();
  }

  const busy = meter.lagMs();

  expect(atFirst).toBe(0);
  expect(busy).toBeGreaterThan(30);
  await expect.poll(() => meter.lagMs(), { timeout: 10_000 }).toBeLessThan(busy);
});

test("does not measure while nobody watches", () => {
  const meter = createLagMeter(0);
  const end = meter.watch();
  end();

  expect(meter.lagMs()).toBe(0);
});
