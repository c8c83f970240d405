import { afterEach, expect, test } from "vitest";
import type { Leadership } from "#lib/services/ports/context.ts";
import { startHotSet } from "./hot-set.ts";

const started: { stop: () => void }[] = [];
afterEach(() => {
  for (const hotSet of started.splice(0)) hotSet.stop();
});

/** Two processes of one database, as far as the hot set sees them: who leads is common to both. */
function twoProcesses() {
  const leaders = new Set<string>();
  const asks = [0, 0];
  const viewers = [0, 0];
  /** How often each has looked whether anybody looks. */
  const ticks = [0, 0];
  const start = (index: 0 | 1) => {
    const leadership: Leadership = {
      async lead(name, work) {
        if (leaders.has(name)) return null;
        leaders.add(name);
        return work().finally(() => leaders.delete(name));
      },
    };
    const ask = async () => {
      asks[index] = (asks[index] ?? 0) + 1;
    };
    const log = { warn: () => undefined };
    const countViewers = () => {
      ticks[index] = (ticks[index] ?? 0) + 1;
      return viewers[index] ?? 0;
    };
    started.push(startHotSet({ ask, leadership, log, countViewers, everyMs: 5 }));
  };
  start(0);
  start(1);
  const waitForTicks = async (index: 0 | 1) => {
    const before = ticks[index] ?? 0;
    await expect.poll(() => ticks[index] ?? 0, { interval: 5 }).toBeGreaterThan(before + 4);
  };
  return { asks, viewers, waitForTicks };
}

test("nothing is asked while nobody looks, and one process asks for all who do", async () => {
  const { asks, viewers, waitForTicks } = twoProcesses();
  await waitForTicks(0);
  await waitForTicks(1);
  expect(asks).toEqual([0, 0]);

  viewers[0] = 3;
  await expect.poll(() => asks[0] ?? 0, { interval: 5 }).toBeGreaterThan(2);
  viewers[1] = 1;
  const before = asks[0] ?? 0;
  await expect.poll(() => asks[0] ?? 0, { interval: 5 }).toBeGreaterThan(before + 3);
  expect(asks[1]).toBe(0);

  viewers[0] = 0;
  await expect.poll(() => asks[1] ?? 0, { interval: 5 }).toBeGreaterThan(2);
});

test("a process that ends asks no more, however many look", async () => {
  const { asks, viewers, waitForTicks } = twoProcesses();
  viewers[0] = 1;
  await expect.poll(() => asks[0] ?? 0, { interval: 5 }).toBeGreaterThan(0);
  started[0]?.stop();
  await waitForTicks(1);
  const atEnd = asks[0];
  await waitForTicks(1);

  expect(asks[0]).toBe(atEnd);
});
