import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type ShutdownParts, shutDown } from "./shutdown.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const NEVER = new Promise<never>(() => undefined);

/** Parts that end at once, and what was done with them. */
function makeParts(change: Partial<ShutdownParts> = {}) {
  const done: string[] = [];
  const warnings: unknown[] = [];
  const parts: ShutdownParts = {
    drainWork: async () => {
      done.push("unlocks");
      return 0;
    },
    stopJobs: async () => void done.push("jobs"),
    closeRequests: async () => void done.push("requests"),
    closeDatabase: async () => void done.push("database"),
    log: { info: () => undefined, warn: (fields) => void warnings.push(fields), error: () => undefined },
    ...change,
  };
  return { parts, done, warnings };
}

test("unlocks and jobs end first, then the answers to whoever waits for them, then the database", async () => {
  const { parts, done, warnings } = makeParts();

  await shutDown(parts);

  expect(done).toEqual(["unlocks", "jobs", "requests", "database"]);
  expect(warnings).toEqual([]);
});

test("the database stays open as long as an unlock runs", async () => {
  const unlock = Promise.withResolvers<number>();
  const { parts, done } = makeParts({ drainWork: () => unlock.promise });

  const ended = shutDown(parts);
  await vi.advanceTimersByTimeAsync(19_000);
  expect(done).toEqual(["jobs"]);
  unlock.resolve(0);
  await ended;

  expect(done).toEqual(["jobs", "requests", "database"]);
});

test("it is over within 25 seconds although everything hangs, and says what did", async () => {
  const hang = () => NEVER;
  const { parts, warnings } = makeParts({
    drainWork: hang,
    stopJobs: hang,
    closeRequests: hang,
    closeDatabase: hang,
  });

  let isOver = false;
  const ended = shutDown(parts).then(() => {
    isOver = true;
  });
  await vi.advanceTimersByTimeAsync(24_900);

  expect(isOver).toBe(true);
  await ended;
  expect(warnings).toEqual([{ step: "jobs" }, { step: "unlocks" }, { step: "requests" }, { step: "database" }]);
});

test("unlocks that are left to the next process are counted in the log", async () => {
  const { parts, warnings } = makeParts({ drainWork: async () => 2 });

  await shutDown(parts);

  expect(warnings).toEqual([{ left: 2 }]);
});

test("what fails does not keep the rest from ending", async () => {
  const fail = () => Promise.reject(new Error("broken"));
  const { parts, done, warnings } = makeParts({ stopJobs: fail, closeRequests: fail });

  await shutDown(parts);

  expect(done).toEqual(["unlocks", "database"]);
  expect(warnings).toHaveLength(2);
});
