import { afterEach, beforeEach, expect, vi } from "vitest";

/** A warning nobody expected is a finding: a test that wants one replaces console.error or console.warn with its own spy. */
beforeEach(() => {
  vi.spyOn(console, "error").mockImplementation((...words) => {
    written.push(words.map(String).join(" "));
  });
  vi.spyOn(console, "warn").mockImplementation((...words) => {
    written.push(words.map(String).join(" "));
  });
});

afterEach(() => {
  const seen = written.splice(0);
  vi.restoreAllMocks();
  expect(seen, "console.error and console.warn stay silent in tests").toEqual([]);
});

const written: string[] = [];
