import fc from "fast-check";
import { expect, test } from "vitest";
import type { KeyRange } from "#lib/domain/key-range.ts";
import type { Coverage } from "#lib/services/ports/scanning.ts";
import { computeIdentity } from "./sighting-row.ts";
import { planFound, planSweep, type StoredSighting } from "./sweep-plan.ts";
import { sampleHalf, sampleSource } from "./testing/samples.ts";

const source = sampleSource("s3", "bucket");
const STARTED_AT_MS = 1_000;

const location = fc.string({ unit: fc.constantFrom("a", "\uffff", "\u{10000}"), maxLength: 3 });
const range: fc.Arbitrary<KeyRange> = fc.record({ after: location, through: fc.option(location) });
const part = fc.record({
  kind: fc.constant("part" as const),
  ranges: fc.array(range, { maxLength: 3 }),
  locations: fc.array(location, { maxLength: 3 }),
});
const coverage: fc.Arbitrary<Coverage> = fc.oneof(fc.constant({ kind: "all" as const }), part);
const lastSeenAtMs = fc.integer({ min: STARTED_AT_MS - 2, max: STARTED_AT_MS + 2 });

function halfAt(place: string) {
  return sampleHalf(source, place, { location: place });
}

function storedAt(place: string, over: Partial<StoredSighting> = {}): StoredSighting {
  return {
    id: place,
    identityHash: computeIdentity(halfAt(place)),
    location: place,
    contentSha256: null,
    versionIdJson: null,
    lastSeenAtMs: 0,
    stateLastModifiedMs: null,
    stateSizeBytes: null,
    goneAtMs: null,
    ...over,
  };
}

/** By bytes, unlike the code under test. */
function isCovered(place: string, covered: Coverage): boolean {
  if (covered.kind === "all" || covered.locations.includes(place)) return true;
  const isAfter = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b)) > 0;
  return covered.ranges.some(
    ({ after, through }) => isAfter(place, after) && (through === null || !isAfter(place, through)),
  );
}

test("a complete look finds gone exactly what it covers, did not see, and was last seen before it began", () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.record({ place: location, lastSeenAtMs }), { selector: ({ place }) => place }),
      fc.array(location),
      coverage,
      fc.boolean(),
      (places, seen, covered, isComplete) => {
        const plan = planSweep({
          startedAtMs: STARTED_AT_MS,
          isComplete,
          coverage: covered,
          halves: seen.map(halfAt),
          stored: places.map(({ place, ...over }) => storedAt(place, over)),
          lastCompleteStartedAtMs: null,
        });
        const gone = places.filter(
          ({ place, lastSeenAtMs: seenAtMs }) =>
            isComplete && !seen.includes(place) && seenAtMs < STARTED_AT_MS && isCovered(place, covered),
        );
        expect(plan.gone).toEqual(gone.map(({ place }) => place));
      },
    ),
    { numRuns: 1_000 },
  );
});

test("a look at a part neither counts as a sweep nor forgets the state beside a lock", () => {
  const half = halfAt("a");
  const stored = storedAt("a", { stateLastModifiedMs: 1, stateSizeBytes: 2 });
  const look = { startedAtMs: STARTED_AT_MS, isComplete: true, stored: [stored], lastCompleteStartedAtMs: null };
  const places: Coverage = { kind: "part", ranges: [], locations: ["a"] };
  const body = { kind: "denied", sizeBytes: 1, problem: "no" } as const;
  const halves = [{ ...half, body }, halfAt("b")];
  const plan = planSweep({ ...look, coverage: places, halves });
  expect(plan).toMatchObject({ changed: [], seen: ["a"], inserts: [{ row: { sweeps_seen: 0 } }] });
  const swept = planSweep({ ...look, coverage: { kind: "all" }, halves });
  expect(swept).toMatchObject({
    changed: [{ row: { state_size_bytes: null } }],
    inserts: [{ row: { sweeps_seen: 1 } }],
  });
});

test("what a running sweep found is added once, and counts no sweep yet", () => {
  const halves = [halfAt("a"), halfAt("b"), halfAt("b")];
  const stored = [storedAt("a", { goneAtMs: STARTED_AT_MS })];
  const { inserts, gone } = planFound({ startedAtMs: STARTED_AT_MS, halves, stored });
  expect(gone).toEqual([]);
  expect(inserts.map(({ row }) => [row.location_json, row.sweeps_seen, row.gone_at_ms])).toEqual([['"b"', 0, null]]);
});
