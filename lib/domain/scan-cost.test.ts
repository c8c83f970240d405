import { expect, test } from "vitest";
import { estimateCost } from "./scan-cost.ts";
import { DEFAULT_SCAN_RULE } from "./scan-schedule.ts";

const STATE = {
  lastScanAtMs: 0,
  lastAttemptAtMs: 0,
  lastRefreshAtMs: null,
  durationMs: 1_000,
  requests: 100,
  refreshRequests: null,
  readUnits: null,
  error: null,
};

test("a bucket of a hundred pages that is swept whole every minute costs what a hundred listings a minute cost", () => {
  const cost = estimateCost({
    kind: "s3",
    state: STATE,
    rule: { ...DEFAULT_SCAN_RULE, coldEveryMs: 0 },
    hasRefreshPlan: true,
  });

  expect(cost?.requestsPerDay).toBe(144_000);
  expect(cost?.dollarsPerMonth).toBeCloseTo(21.6, 5);
});

test("refreshes between sweeps once an hour cost what they take", () => {
  const cost = estimateCost({
    kind: "s3",
    state: { ...STATE, requests: 10_000, refreshRequests: 100 },
    rule: DEFAULT_SCAN_RULE,
    hasRefreshPlan: true,
  });

  expect(cost?.requestsPerDay).toBe(24 * 10_000 + (1_440 - 24) * 100);
  expect(cost?.dollarsPerMonth).toBeCloseTo(57.24, 2);
});

test("a refresh that asks for many single states costs no more than half a sweep, or it would not be planned", () => {
  const cost = estimateCost({
    kind: "s3",
    state: { ...STATE, requests: 1_000, refreshRequests: 5_000 },
    rule: { ...DEFAULT_SCAN_RULE, coldEveryMs: 86_400_000 },
    hasRefreshPlan: true,
  });

  expect(cost?.dollarsPerMonth).toBeCloseTo(30 * (1_000 + 1_439 * 500) * 0.000005, 5);
});

test("a table costs its read units, and a budget makes both less", () => {
  const state = { ...STATE, requests: 12, readUnits: 1_420 };
  const table = { kind: "dynamodb", state, hasRefreshPlan: false } as const;

  expect(estimateCost({ ...table, rule: DEFAULT_SCAN_RULE })?.dollarsPerMonth).toBeCloseTo(7.668, 3);
  expect(estimateCost({ ...table, rule: { ...DEFAULT_SCAN_RULE, requestsPerDay: 1_200 } })?.requestsPerDay).toBe(1_200);
});

test("nothing is guessed of a source that was never swept", () => {
  const state = { ...STATE, requests: null };
  expect(estimateCost({ kind: "s3", state, rule: DEFAULT_SCAN_RULE, hasRefreshPlan: true })).toBeNull();
});
