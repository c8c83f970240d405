import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { advanceAges, applyNews } from "#lib/domain/apply-news.ts";
import type { HalfSighting } from "#lib/domain/half.ts";
import { createLockBuilder } from "#lib/domain/lock-builder.ts";
import { countLocks } from "#lib/domain/lock-filter.ts";
import { formatVersion, type LockRows } from "#lib/domain/lock-news.ts";
import { toLockRow } from "#lib/domain/lock-row.ts";
import { aBucket, anS3Half, NOW_MS } from "#lib/domain/testing/sighting-builder.ts";
import { compareRows, findRowChanges, type KnownRows } from "./lock-changes.ts";

const MINUTE_MS = 60_000;
const bucket = aBucket();
const NOTHING: KnownRows = new Map();

function sha256(data: string): string {
  return createHash("sha256").update(data).digest("hex");
}

function createList() {
  const builder = createLockBuilder([bucket]);
  return (sightings: readonly HalfSighting[], nowMs: number) =>
    builder.build({ sightings, sourceStates: [], nowMs, sha256 });
}

const aSighting = fc
  .record({
    stateKey: fc.constantFrom("a", "b", "c", "d"),
    ID: fc.constantFrom("1", "2"),
    takenAgoMs: fc.constantFrom(1000, 20 * MINUTE_MS, 119 * MINUTE_MS),
    writtenAgoMs: fc.constantFrom(null, 500, 10 * MINUTE_MS),
  })
  .map(({ stateKey, ID, takenAgoMs, writtenAgoMs }) =>
    anS3Half(bucket, {
      stateKey,
      fields: { ID },
      lastModifiedMs: NOW_MS - takenAgoMs,
      state: writtenAgoMs === null ? null : { lastModifiedMs: NOW_MS - writtenAgoMs, sizeBytes: 1 },
    }),
  );
const aStep = fc.record({
  sightings: fc.uniqueArray(aSighting, { selector: (each) => each.stateKey, maxLength: 4 }),
  passedMs: fc.constantFrom(0, 250, 1000, 30_000, MINUTE_MS, 10 * MINUTE_MS),
});

test("who applies all news to the rows of any version has the rows of the server", () => {
  fc.assert(
    fc.property(fc.array(aStep, { minLength: 1, maxLength: 8 }), (steps) => {
      const list = createList();
      let nowMs = NOW_MS;
      let known = NOTHING;
      let rows: LockRows | null = null;
      steps.forEach(({ sightings, passedMs }, index) => {
        nowMs += passedMs;
        const asOf = new Date(nowMs).toISOString();
        const locks = list(sightings, nowMs);
        const { known: next, changed, gone } = findRowChanges(known, locks, nowMs);
        known = next;
        const version = formatVersion("e", index);
        const counts = countLocks(locks);
        const news = { version, asOf, changed, gone, sources: [], counts };
        const before: LockRows | null = rows;
        rows = before === null ? { version, asOf, sources: [], rows: changed, counts } : applyNews(before, news);
        if (rows === null) throw new Error("There was a gap.");

        const expected = locks.map(toLockRow);
        const shown = advanceAges(rows, asOf).rows;
        expect(shown.map(({ key, ageMs }) => [key, ageMs])).toEqual(expected.map(({ key, ageMs }) => [key, ageMs]));
        expect(shown.map((row, at) => compareRows(row, expected[at] ?? row))).not.toContain("other");
        expect(rows.counts).toEqual(countLocks(locks));
      });
    }),
    { numRuns: 500 },
  );
});

test("a list that is only older is no news, and seeing the same again is none either", () => {
  const list = createList();
  const half = anS3Half(bucket);
  const { known } = findRowChanges(NOTHING, list([half], NOW_MS), NOW_MS);

  const seenAgain = list([{ ...half, lastSeenAtMs: NOW_MS, sweepsSeen: 61 }], NOW_MS + 250);
  const again = findRowChanges(known, seenAgain, NOW_MS + 250);

  expect(again).toMatchObject({ changed: [], gone: [] });
  expect([...again.known.values()][0]?.row).toBe([...known.values()][0]?.row);
});

test("words that only age are told once a minute; a write is told at once", () => {
  const list = createList();
  const half = anS3Half(bucket);
  const writtenAt = (lastModifiedMs: number) => ({ ...half, state: { lastModifiedMs, sizeBytes: 1 } });
  const written = writtenAt(NOW_MS);
  const steps: readonly (readonly [HalfSighting, number])[] = [
    [half, 0],
    [written, 1000],
    [written, 30_000],
    [written, 61_000],
  ];

  let known = NOTHING;
  const told = steps.map(([sighting, afterMs]) => {
    const changes = findRowChanges(known, list([sighting], NOW_MS + afterMs), NOW_MS + afterMs);
    known = changes.known;
    return changes.changed.map((row) => row.headline);
  });

  expect(told).toEqual([["no state yet"], ["state written 1 s ago"], [], ["state written 1 min ago"]]);
});
