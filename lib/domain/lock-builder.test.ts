import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { HalfSighting } from "./half.ts";
import { contentOf, createLockBuilder } from "./lock-builder.ts";
import { sortByNeed } from "./lock-order.ts";
import { buildLocks } from "./lock-view.ts";
import type { SourceState } from "./source.ts";
import { aBucket, aDynamodbHalf, anS3Half, aSourceState, aTable, NOW_MS } from "./testing/sighting-builder.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const bucket = aBucket();
const elsewhere = aBucket({ name: "acme-other" });
const table = aTable();
const otherTable = aTable({ name: "old-locks" });
const SOURCES = [bucket, elsewhere, table, otherTable];

const hashes = new Map<string, string>();
function sha256(data: string): string {
  const hash = hashes.get(data) ?? createHash("sha256").update(data).digest("hex");
  hashes.set(data, hash);
  return hash;
}

const aSighting = fc
  .record({
    kind: fc.constantFrom("s3", "other", "table", "old"),
    stateKey: fc.constantFrom("a", "b", "c"),
    ID: fc.constantFrom("1", "2"),
    Operation: fc.constantFrom("OperationTypeApply", "OperationTypePlan"),
    takenAgoMs: fc.constantFrom(-2 * DAY_MS, -90_000, 0, 30_000, 20 * MINUTE_MS, 3 * DAY_MS),
    createdAgoMs: fc.constantFrom(-2 * DAY_MS, -70_000, 0, 3 * DAY_MS),
    writtenAgoMs: fc.constantFrom(null, 5000, 40 * MINUTE_MS),
    isPaired: fc.boolean(),
    isDenied: fc.boolean(),
    isGone: fc.boolean(),
    sweepsSeen: fc.integer({ min: 1, max: 3 }),
  })
  .map(({ kind, stateKey, takenAgoMs, createdAgoMs, writtenAgoMs, isGone, isDenied, ...rest }): HalfSighting => {
    const { ID, Operation, ...sighting } = rest;
    const options = {
      ...sighting,
      stateKey,
      fields: { ID, Operation, Created: new Date(NOW_MS - createdAgoMs).toISOString() },
      firstSeenAtMs: NOW_MS - Math.max(0, takenAgoMs),
      goneAtMs: isGone ? NOW_MS : null,
      state: writtenAgoMs === null ? null : { lastModifiedMs: NOW_MS - writtenAgoMs, sizeBytes: 10 },
      ...(isDenied ? { body: { kind: "denied", sizeBytes: 1, problem: "no" } as const, fingerprint: null } : {}),
    };
    if (kind === "table" || kind === "old") return aDynamodbHalf(kind === "old" ? otherTable : table, options);
    return anS3Half(kind === "other" ? elsewhere : bucket, { ...options, lastModifiedMs: NOW_MS - takenAgoMs });
  });

const someStates = fc.array(
  fc
    .tuple(
      fc.constantFrom(...SOURCES),
      fc.constantFrom("ok", "error", "partial"),
      fc.constantFrom(NOW_MS, NOW_MS - 15_000),
    )
    .map(([source, status, lastScanAtMs]): SourceState => aSourceState(source, { status, lastScanAtMs })),
  { maxLength: 3 },
);

/** What came, what went, and how much time passed, before the list is asked for again. */
const aStep = fc.record({
  came: fc.array(aSighting, { maxLength: 3 }),
  went: fc.array(fc.nat(), { maxLength: 2 }),
  passedMs: fc.oneof(
    fc.constantFrom(0, 1, 999, 1000, 59_999, MINUTE_MS, -5000, DAY_MS, 10 * MINUTE_MS, 100 * MINUTE_MS),
    fc.integer({ min: 0, max: 5 * MINUTE_MS }),
    fc.integer({ min: 0, max: 3 * DAY_MS }),
  ),
  states: fc.option(someStates, { nil: null }),
});

test("locks built step by step are those built from scratch, whatever comes, goes, fails and however time passes", () => {
  fc.assert(
    fc.property(fc.array(aStep, { minLength: 1, maxLength: 8 }), (steps) => {
      const builder = createLockBuilder(SOURCES);
      let nowMs = NOW_MS;
      let sightings: readonly HalfSighting[] = [];
      let sourceStates: readonly SourceState[] = [];
      for (const { came, went, passedMs, states } of steps) {
        const gone = new Set(went.map((index) => sightings[index % Math.max(1, sightings.length)]));
        if (came.length > 0 || went.length > 0) sightings = [...sightings.filter((each) => !gone.has(each)), ...came];
        sourceStates = states ?? sourceStates;
        nowMs += passedMs;
        const input = { sightings, sourceStates, nowMs, sha256 };

        expect(builder.build(input)).toEqual(sortByNeed(buildLocks({ ...input, sources: SOURCES })));
      }
    }),
    { numRuns: 1000 },
  );
});

test("only what changed is built again: the others keep their content while their words hold", () => {
  const builder = createLockBuilder(SOURCES);
  const [a, b] = [anS3Half(bucket, { stateKey: "a" }), anS3Half(bucket, { stateKey: "b" })];
  const input = { sourceStates: [], sha256 };
  const first = builder.build({ ...input, sightings: [a, b], nowMs: NOW_MS });
  const seenAgain = { ...b, lastSeenAtMs: NOW_MS };

  const second = builder.build({ ...input, sightings: [a, seenAgain], nowMs: NOW_MS + 1000 });
  const third = builder.build({ ...input, sightings: [a, seenAgain], nowMs: NOW_MS + MINUTE_MS });

  const contents = [first, second, third].map((locks) =>
    locks.toSorted((one, other) => (one.stateKey < other.stateKey ? -1 : 1)).map(contentOf),
  );
  expect(contents[1]?.map((content, index) => content === contents[0]?.[index])).toEqual([true, false]);
  expect(contents[2]?.map((content, index) => content === contents[1]?.[index])).toEqual([false, false]);
  expect(second.map(({ ageMs }) => ageMs)).toEqual([3_601_000, 3_601_000]);
});

test.each([
  ["taken", { lastModifiedMs: NOW_MS }],
  ["last written", { lastModifiedMs: NOW_MS - 1, state: { lastModifiedMs: NOW_MS, sizeBytes: 1 } }],
])("a lock turns stale at the millisecond it should, counted from when it was %s", (_, options) => {
  const builder = createLockBuilder(SOURCES);
  const sightings = [anS3Half(bucket, options)];
  const attentionAfter = (afterMs: number) =>
    builder.build({ sightings, sourceStates: [], nowMs: NOW_MS + afterMs, sha256 })[0]?.attention;

  expect([0, 120 * MINUTE_MS, 120 * MINUTE_MS + 1].map(attentionAfter)).toEqual(["none", "none", "stale"]);
});
