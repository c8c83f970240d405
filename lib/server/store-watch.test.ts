import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createStoreWatch } from "./store-watch.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function watchStore() {
  const listeners = new Set<() => void>();
  const said: string[] = [];
  const wanted = { isWanted: false };
  const watch = createStoreWatch({
    changes: {
      subscribe: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    monotonicMs: () => Date.now(),
    lingerMs: 60_000,
    isWanted: () => wanted.isWanted,
    onChange: () => said.push("change"),
    every: [{ ms: 10_000, run: () => said.push("tick") }],
  });
  return { watch, said, listeners, wanted };
}

test("watches as long as it is wanted, and a while longer", () => {
  const { watch, said, listeners, wanted } = watchStore();
  expect(watch.begin()).toBe(true);
  wanted.isWanted = true;
  vi.advanceTimersByTime(300_000);
  for (const tell of listeners) tell();
  expect(said.at(-1)).toBe("change");
  expect(watch.begin(), "it watches already").toBe(false);

  wanted.isWanted = false;
  vi.advanceTimersByTime(120_000);

  expect(listeners.size).toBe(0);
  expect(vi.getTimerCount()).toBe(0);
  expect(watch.begin(), "anything may have changed since").toBe(true);
  watch.end();
  expect(vi.getTimerCount()).toBe(0);
});
