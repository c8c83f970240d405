import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createChangeHub } from "./change-hub.ts";
import { quietLog } from "./testing/test-database.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
});
afterEach(() => {
  vi.useRealTimers();
});

test("many changes at once are few calls, the first of them soon and the last after the last change", () => {
  const hub = createChangeHub(quietLog);
  const calledAtMs: number[] = [];
  const startMs = performance.now();
  hub.subscribe(() => calledAtMs.push(performance.now() - startMs));
  for (let change = 0; change < 100; change += 1) {
    hub.tell();
    vi.advanceTimersByTime(1);
  }
  vi.advanceTimersByTime(1_000);
  expect(calledAtMs.length).toBeLessThanOrEqual(3);
  expect(calledAtMs[0]).toBeLessThanOrEqual(1);
  expect(calledAtMs.at(-1)).toBeGreaterThanOrEqual(99);
});

test("who ended its subscription is not called, and one that fails does not keep it from the others", () => {
  const hub = createChangeHub(quietLog);
  const called: string[] = [];
  const end = hub.subscribe(() => called.push("ended"));
  hub.subscribe(() => {
    throw new Error("as planned");
  });
  hub.subscribe(() => called.push("other"));
  end();
  hub.tell();
  vi.runAllTimers();
  expect(called).toEqual(["other"]);
});
