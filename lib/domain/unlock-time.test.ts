import { expect, test } from "vitest";
import { isInTime, isSettlingDue, isWithinIntent, sendingMsOf } from "./unlock-time.ts";

const HOUR_MS = 3_600_000;
const DATE_MS = Date.UTC(2026, 0, 1, 12);
/** A process whose clock is an hour ahead of AWS committed this intent; its reads took no time. */
const INTENT = { intentAtMs: DATE_MS + HOUR_MS, deadlineAtMs: DATE_MS + HOUR_MS + sendingMsOf(1), awsDateMs: DATE_MS };

test.each([
  [1, 15_000],
  [2, 25_000],
])("the deletes of %s halves are over %s ms after their intent", (halves, ms) => {
  expect(sendingMsOf(halves)).toBe(ms);
});

test.each([
  { halves: 1, elapsedMs: 5_000, isSent: true },
  { halves: 1, elapsedMs: 5_001, isSent: false },
  { halves: 2, elapsedMs: 15_000, isSent: true },
  { halves: 2, elapsedMs: 15_001, isSent: false },
])("a delete of $halves halves, $elapsedMs ms after the intent, is sent: $isSent", ({ halves, elapsedMs, isSent }) => {
  expect(isInTime(elapsedMs, halves)).toBe(isSent);
});

test.each([-HOUR_MS, 0, HOUR_MS, 24 * HOUR_MS])(
  "our clock, %s ms off, decides nothing while AWS tells the time",
  (off) => {
    const at = (ms: number) => ({ awsDateMs: DATE_MS + ms, nowMs: DATE_MS + ms + off });

    expect(isSettlingDue(INTENT, at(35_000))).toBe(false);
    expect(isSettlingDue(INTENT, at(35_001))).toBe(true);
  },
);

test.each([
  ["the intent", { ...INTENT, awsDateMs: null }, DATE_MS + HOUR_MS],
  ["the settling read", INTENT, null],
])("our own clock decides where AWS told no time with %s", (_, intent, awsDateMs) => {
  expect(isSettlingDue(intent, { awsDateMs, nowMs: INTENT.deadlineAtMs + 20_000 })).toBe(false);
  expect(isSettlingDue(intent, { awsDateMs, nowMs: INTENT.deadlineAtMs + 20_001 })).toBe(true);
});

test.each([
  ["before the read the intent rests on", -1_000, false],
  ["in the second of that read", 0, true],
  ["at the last moment at which our delete can have arrived", 35_000, true],
  ["after it", 36_000, false],
])("a removal %s can have been ours: %s", (_, ms, expected) => {
  expect(isWithinIntent(INTENT, DATE_MS + ms)).toBe(expected);
});
