import { expect, test } from "vitest";
import { isSessionOver, judgeGroups } from "./session-life.ts";

const MINUTE_MS = 60_000;
const LIMITS = { idleMs: 30 * MINUTE_MS, absoluteMs: 720 * MINUTE_MS };

test.each([
  [0, 0, 30 * MINUTE_MS - 1, false],
  [0, 0, 30 * MINUTE_MS, true],
  [0, 710 * MINUTE_MS, 720 * MINUTE_MS - 1, false],
  [0, 719 * MINUTE_MS, 720 * MINUTE_MS, true],
  [10 * MINUTE_MS, 10 * MINUTE_MS, 0, false],
])("a session begun at %i and used at %i is at %i over: %s", (startedAtMs, lastUsedAtMs, nowMs, isOver) => {
  expect(isSessionOver({ startedAtMs, lastUsedAtMs }, LIMITS, nowMs)).toBe(isOver);
});

test.each([
  [null, "stale"],
  [0, "fresh"],
  [10 * MINUTE_MS - 1, "fresh"],
  [10 * MINUTE_MS, "soon"],
  [15 * MINUTE_MS, "soon"],
  [15 * MINUTE_MS + 1, "stale"],
])("groups that are %s ms old are %s", (ageMs, age) => {
  expect(judgeGroups(ageMs === null ? null : 0, ageMs ?? 0)).toBe(age);
});
