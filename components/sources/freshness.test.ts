import { expect, test } from "vitest";
import type { SourceView } from "#lib/domain/source-view.ts";
import { addUpSweeps, count, formatSweep, measureFreshness } from "./freshness.ts";

function aSource(over: Partial<SourceView> = {}): SourceView {
  return {
    id: "s3:pay:acme",
    account: "pay",
    accountId: "111122223333",
    kind: "s3",
    name: "acme",
    region: "eu-west-1",
    prefix: "",
    status: "ok",
    lastScanAt: "2026-11-23T03:00:00Z",
    lastRefreshAt: null,
    lastAttemptAt: "2026-11-23T03:00:00Z",
    nextLookAt: null,
    nextLook: "sweep",
    notice: null,
    requestsPerDay: null,
    dollarsPerMonth: null,
    requestsPerDayMax: null,
    durationMs: 100,
    requests: 200,
    objectsSeen: 1000,
    locksFound: 2,
    foreignSeen: 0,
    error: null,
    running: null,
    ...over,
  };
}

const RUNNING = { startedAt: "2026-11-23T03:00:00Z", pages: 40, objectsSeen: 39_120, locksFound: 1 };

test("a look at known states after a sweep is told apart from the sweep", () => {
  const swept = { lastScanAt: "2026-11-23T02:00:00Z" };
  const sources = [
    aSource({ ...swept, lastRefreshAt: "2026-11-23T02:59:00Z" }),
    aSource({ ...swept, lastRefreshAt: "2026-11-23T02:58:00Z" }),
    aSource({ lastRefreshAt: "2026-11-23T01:00:00Z" }),
  ];

  expect(measureFreshness(sources)).toMatchObject({
    oldestScanAt: "2026-11-23T02:00:00Z",
    oldestRefreshAt: "2026-11-23T02:58:00Z",
  });
  expect(measureFreshness([aSource()]).oldestRefreshAt).toBeNull();
});

test("the list is as fresh as the oldest source that could be read", () => {
  const freshness = measureFreshness([
    aSource({ lastScanAt: "2026-11-23T03:00:20Z" }),
    aSource({ lastScanAt: "2026-11-23T03:00:10Z" }),
    aSource({ status: "error", lastScanAt: "2026-11-22T03:00:00Z" }),
    aSource({ status: "pending", lastScanAt: null }),
  ]);

  expect(freshness).toMatchObject({ total: 4, read: 2, pending: 1, oldestScanAt: "2026-11-23T03:00:10Z" });
  expect(freshness.unread).toHaveLength(1);
});

test("a running sweep shows its numbers, and how many pages the last one took", () => {
  const sweep = addUpSweeps([aSource({ running: RUNNING }), aSource()]);

  expect(sweep && formatSweep(sweep)).toBe("Reading 1 source: page 40 of about 200, 39,120 objects, 1 lock");
});

test("nothing is guessed of a source that was never read, and none runs when none does", () => {
  const sweep = addUpSweeps([aSource({ running: RUNNING, requests: null })]);

  expect(sweep?.expectedPages).toBeNull();
  expect(addUpSweeps([aSource()])).toBeNull();
});

test.each([
  [0, "0"],
  [999, "999"],
  [1_000, "1,000"],
  [39_120, "39,120"],
  [1_234_567, "1,234,567"],
])("%d is written %s", (value, text) => {
  expect(count(value)).toBe(text);
});
