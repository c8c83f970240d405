import { expect, test } from "vitest";
import type { HalfSighting } from "./half.ts";
import { pickDue, placeOf } from "./hot-set.ts";

const MIN = 60_000;
const NOW = 100 * MIN;

function aHalf(location: string, over: Partial<HalfSighting> = {}): HalfSighting {
  return {
    id: location,
    sourceId: "s3:pay:acme",
    mechanism: "s3",
    location,
    bucket: "acme",
    stateKey: location,
    body: { kind: "denied", sizeBytes: null, problem: "" },
    fingerprint: null,
    etag: null,
    versionId: null,
    lastModifiedMs: null,
    state: null,
    firstSeenAtMs: NOW - MIN,
    lastSeenAtMs: NOW - MIN,
    sweepsSeen: 1,
    isPaired: false,
    goneAtMs: null,
    goneUnlockId: null,
    ...over,
  };
}

function due(half: HalfSighting, askedAgoMs: number | null = null): boolean {
  const asked = new Map(askedAgoMs === null ? [] : [[placeOf(half), NOW - askedAgoMs]]);
  return pickDue([half], asked, NOW).length === 1;
}

test("a lock of the last 15 minutes is asked for every 5 seconds, an older one every 60", () => {
  const young = aHalf("young");
  const old = aHalf("old", { firstSeenAtMs: NOW - 16 * MIN });

  expect([due(young, 4_000), due(young, 5_000)]).toEqual([false, true]);
  expect([due(old, 50_000), due(old, 60_000)]).toEqual([false, true]);
});

test("S3's own time says how old a lock is, also when we saw it only now", () => {
  const half = aHalf("x", { lastModifiedMs: NOW - 60 * MIN });
  expect([due(half, 10_000), due(half, 60_000)]).toEqual([false, true]);
});

test("a sweep that has just seen a lock spares the question", () => {
  expect(due(aHalf("x", { lastSeenAtMs: NOW - 1_000 }))).toBe(false);
});

test("a clock that was set back asks once more rather than never", () => {
  expect(due(aHalf("x"), -10 * MIN)).toBe(true);
});

test("one place in two sources is two places", () => {
  expect(placeOf({ sourceId: "a", location: "b" })).not.toBe(placeOf({ sourceId: "a,b", location: "" }));
});
