import { afterAll, beforeAll, expect, test } from "vitest";
import type { ObservedHalf } from "#lib/domain/half.ts";
import type { Source } from "#lib/domain/source.ts";
import { NO_MEMORY, type SourceMemory } from "#lib/domain/source-memory.ts";
import type { SweepResult } from "#lib/services/ports/scanning.ts";
import { toJsonText } from "./json-text.ts";
import { HOSTILE, sampleHalf, sampleSource, sampleSweep } from "./testing/samples.ts";
import { openTestDatabase, type TestDatabase } from "./testing/test-database.ts";

let db: TestDatabase;
beforeAll(async () => {
  db = await openTestDatabase();
});
afterAll(() => db.close());

const failure = { code: "throttled", message: "slow down", hint: "wait", statement: null } as const;

async function stateOf(source: Source) {
  return (await db.stores.sightings.listSourceStates()).find(({ sourceId }) => sourceId === source.id);
}

async function keysOf(source: Source): Promise<readonly string[]> {
  return (await db.stores.sightings.listCurrentOf(source.id)).map(({ stateKey }) => stateKey).sort();
}

/** A listing of these stretches, or a question for these places. */
function sampleRefresh(
  source: Source,
  startedAtMs: number,
  halves: readonly ObservedHalf[],
  look: { ranges?: [string, string | null][]; places?: string[] } & Partial<SweepResult>,
) {
  const { ranges = [], places = [], ...over } = look;
  const coverage = {
    kind: "part" as const,
    ranges: ranges.map(([after, through]) => ({ after, through })),
    locations: places.map((key) => `${key}.tflock`),
  };
  return sampleSweep(source, startedAtMs, halves, { coverage, requests: 7, ...over });
}

test("a refresh marks gone only where it looked, and moves no time of a sweep", async () => {
  const { sightings } = db.stores;
  const source = sampleSource("s3");
  const keys = ["a", "b", "c", "\uffff", "\u{10000}"];
  const [a, , c] = keys.map((key) => sampleHalf(source, key));
  await sightings.recordSweep(
    sampleSweep(
      source,
      1_000,
      keys.map((key) => sampleHalf(source, key)),
    ),
  );
  const swept = await stateOf(source);
  if (a === undefined || c === undefined) throw new Error("no halves");
  const fresh = sampleHalf(source, "new");
  await sightings.recordSweep(
    sampleRefresh(source, 2_000, [c, fresh], { ranges: [["b.tflock", "\uffff"]], places: ["a"] }),
  );
  // U+FFFF.tflock is behind U+FFFF, where this range ended.
  expect(await keysOf(source)).toEqual(["b", "c", "new", "\u{10000}", "\uffff"].toSorted());
  expect(await stateOf(source)).toEqual({ ...swept, lastRefreshAtMs: 2_010, refreshRequests: 7 });
  const [gone] = await sightings.listOfStatePath({ bucket: "bucket", stateKey: "a", limit: 1 });
  expect(gone).toMatchObject({ goneAtMs: 2_010, lastSeenAtMs: 1_000 });
});

test("a refresh that failed is seen until one succeeds or a newer sweep ends, and finds nothing gone", async () => {
  const { sightings } = db.stores;
  const source = sampleSource("s3");
  const half = sampleHalf(source, "a");
  const all = { ranges: [["", null]] as [string, null][] };
  await sightings.recordSweep(sampleSweep(source, 1_000, [half]));
  await sightings.recordSweep(sampleRefresh(source, 2_000, [], { ...all, outcome: "error", error: failure }));
  expect(await keysOf(source)).toEqual(["a"]);
  expect(await stateOf(source)).toMatchObject({
    status: "error",
    error: failure,
    lastScanAtMs: 1_010,
    lastAttemptAtMs: 2_010,
    lastRefreshAtMs: null,
  });
  await sightings.recordSweep(sampleRefresh(source, 3_000, [half], all));
  const well = { status: "ok", error: null, lastScanAtMs: 1_010, lastAttemptAtMs: 1_010, lastRefreshAtMs: 3_010 };
  expect(await stateOf(source)).toMatchObject(well);
  await sightings.recordSweep(sampleRefresh(source, 4_000, [], { ...all, outcome: "partial", error: failure }));
  expect(await stateOf(source)).toMatchObject({ status: "partial", error: failure });
  await sightings.recordSweep(sampleSweep(source, 5_000, [half]));
  expect(await stateOf(source)).toMatchObject({ ...well, lastScanAtMs: 5_010, lastAttemptAtMs: 5_010 });
});

test("a refresh that succeeds does not hide that the last sweep failed", async () => {
  const { sightings } = db.stores;
  const source = sampleSource("s3");
  await sightings.recordSweep(sampleSweep(source, 1_000, [], { outcome: "partial", error: failure }));
  await sightings.recordSweep(sampleRefresh(source, 2_000, [], { ranges: [["", "m"]] }));
  const state = await stateOf(source);
  expect(state).toMatchObject({ status: "partial", error: failure, lastScanAtMs: null, lastRefreshAtMs: 2_010 });
});

test("a refresh recorded late undoes nothing that a newer look found", async () => {
  const { sightings } = db.stores;
  const source = sampleSource("s3");
  const [early, late] = [sampleHalf(source, "early"), sampleHalf(source, "late")];
  const all = { ranges: [["", null]] as [string, null][] };
  await sightings.recordSweep(sampleSweep(source, 1_000, [early]));
  await sightings.recordSweep(sampleSweep(source, 3_000, [late]));
  await sightings.recordSweep(sampleRefresh(source, 2_000, [early], all));
  expect(await keysOf(source)).toEqual(["late"]);
  await sightings.recordSweep(sampleRefresh(source, 5_000, [late], { ...all, requests: 5 }));
  await sightings.recordSweep(sampleRefresh(source, 4_000, [], { ...all, requests: 4 }));
  expect(await keysOf(source)).toEqual(["late"]);
  expect(await stateOf(source)).toMatchObject({ lastRefreshAtMs: 5_010, refreshRequests: 5 });
});

test("a spot check of known locks moves no time, for it finds no new ones, and neither does one that failed", async () => {
  const { sightings } = db.stores;
  const source = sampleSource("s3");
  const halves = ["a", "b", "c"].map((key) => sampleHalf(source, key));
  await sightings.recordSweep(sampleSweep(source, 1_000, halves));
  const swept = await stateOf(source);
  const spotCheck = sampleRefresh(source, 2_000, halves.slice(0, 1), { places: ["a", "b"] });
  await sightings.recordSweep({ ...spotCheck, isSpotCheck: true });
  const failed = sampleSweep(source, 3_000, [], { outcome: "error", error: failure });
  await sightings.recordSweep({ ...failed, isSpotCheck: true });
  await sightings.recordSweep({ ...sampleSweep(source, 4_000, []), isSpotCheck: true });
  expect(await stateOf(source)).toEqual(swept);
  const current = await sightings.listCurrentOf(source.id);
  expect(Object.fromEntries(current.map(({ stateKey, lastSeenAtMs }) => [stateKey, lastSeenAtMs]))).toEqual({
    a: 2_000,
    c: 1_000,
  });
});

test("a refresh seconds after a half was first seen does not make it seen over several sweeps; one much later does", async () => {
  const { sightings } = db.stores;
  const source = sampleSource("s3");
  const [swept, refreshed] = [sampleHalf(source, "swept"), sampleHalf(source, "refreshed")];
  const sweeps = async () =>
    Object.fromEntries(
      (await sightings.listCurrentOf(source.id)).map(({ stateKey, sweepsSeen }) => [stateKey, sweepsSeen]),
    );
  const all = { ranges: [["", null]] as [string, null][] };
  await sightings.recordSweep(sampleSweep(source, 100_000, [swept]));
  await sightings.recordSweep(sampleRefresh(source, 101_000, [swept, refreshed], all));
  expect(await sweeps()).toEqual({ swept: 1, refreshed: 0 });
  await sightings.recordSweep(sampleSweep(source, 102_000, [swept, refreshed]));
  expect(await sweeps()).toEqual({ swept: 2, refreshed: 1 });
  await sightings.recordSweep(sampleRefresh(source, 130_999, [swept, refreshed], all));
  expect(await sweeps()).toEqual({ swept: 3, refreshed: 1 });
  await sightings.recordSweep(sampleRefresh(source, 131_000, [swept, refreshed], all));
  expect(await sweeps()).toEqual({ swept: 4, refreshed: 2 });
});

test("what a running sweep found is shown at once, pairs, and is of one sweep when that ends", async () => {
  const { sightings } = db.stores;
  const [source, table] = [sampleSource("s3"), sampleSource("dynamodb")];
  const [a, b] = [sampleHalf(source, "found a"), sampleHalf(source, "found b")];
  await sightings.recordSweep(sampleSweep(table, 500, [sampleHalf(table, "found b")]));
  await sightings.recordFound({ source, startedAtMs: 1_000, halves: [a] });
  expect(await stateOf(source)).toMatchObject({ status: "pending", lastScanAtMs: null, lastAttemptAtMs: null });
  await sightings.recordFound({ source, startedAtMs: 1_000, halves: [a, b] });
  const current = await sightings.listCurrentOf(source.id);
  expect(current).toHaveLength(2);
  expect(current.find(({ stateKey }) => stateKey === a.stateKey)).toMatchObject({
    ...a,
    sweepsSeen: 0,
    isPaired: false,
  });
  expect(current.find(({ stateKey }) => stateKey === b.stateKey)).toMatchObject({
    ...b,
    sweepsSeen: 0,
    isPaired: true,
  });
  const before = await sightings.listCurrent();
  await sightings.recordFound({ source, startedAtMs: 1_000, halves: [b] });
  expect(await sightings.listCurrent()).toBe(before);
  await sightings.recordSweep(sampleSweep(source, 1_000, [a, b]));
  const seenOnce = { firstSeenAtMs: 1_000, lastSeenAtMs: 1_000, sweepsSeen: 1, goneAtMs: null };
  expect(await sightings.listCurrentOf(source.id)).toMatchObject([seenOnce, seenOnce]);
});

test("what a running sweep found is neither revived nor put against a newer sweep", async () => {
  const { sightings } = db.stores;
  const source = sampleSource("s3");
  const half = sampleHalf(source, "removed");
  await sightings.recordFound({ source, startedAtMs: 1_000, halves: [half] });
  const { fingerprint, etag } = half;
  await sightings.markGone({ address: half, fingerprint, etag, atMs: 1_500, unlockId: "u" });
  await sightings.recordFound({ source, startedAtMs: 1_000, halves: [half] });
  expect(await keysOf(source)).toEqual([]);
  await sightings.recordSweep(sampleSweep(source, 3_000, []));
  await sightings.recordFound({ source, startedAtMs: 2_000, halves: [sampleHalf(source, "overtaken")] });
  expect(await keysOf(source)).toEqual([]);
});

test("the memory of the newest complete sweep is read back byte for byte; what cannot be read is none", async () => {
  const { sightings } = db.stores;
  const source = sampleSource("s3");
  const memory: SourceMemory = {
    boundaries: [HOSTILE, "z"],
    segments: [1, 2, 3].map((keys) => ({ keys, states: 1, stateKeys: [HOSTILE] })),
  };
  expect(await sightings.readMemory(source.id)).toEqual(NO_MEMORY);
  await sightings.recordSweep(sampleSweep(source, 3_000, [], { memory }));
  expect(await sightings.readMemory(source.id)).toEqual(memory);
  const other: SourceMemory = { boundaries: ["other"], segments: null };
  const part = { kind: "part", ranges: [{ after: "", through: null }], locations: [] } as const;
  await sightings.recordSweep(sampleSweep(source, 2_000, [], { memory: other }));
  await sightings.recordSweep(sampleSweep(source, 4_000, [], { memory: other, coverage: part }));
  await sightings.recordSweep(sampleSweep(source, 5_000, [], { memory: other, outcome: "partial", error: failure }));
  await sightings.recordSweep(sampleSweep(source, 6_000, []));
  expect(await sightings.readMemory(source.id)).toEqual(memory);
  const where = { sourceJson: toJsonText(source.id) };
  await sightings.recordSweep(sampleSweep(source, 7_000, [], { memory }));
  expect(await db.database.prisma.scanMemory.findUnique({ where })).toMatchObject({ updatedAtMs: 3_010n });
  await sightings.recordSweep(sampleSweep(source, 8_000, [], { memory: other }));
  expect(await sightings.readMemory(source.id)).toEqual(other);
  for (const memoryJson of ["", "[]", '{"boundaries":["a"],"segments":[]}', '{"boundaries":[1],"segments":null}']) {
    await db.database.prisma.scanMemory.update({ where, data: { memoryJson } });
    expect(await sightings.readMemory(source.id)).toEqual(NO_MEMORY);
  }
});

test("read units and the notice are those of the last complete sweep", async () => {
  const { sightings } = db.stores;
  const source = sampleSource("dynamodb");
  const notice = { code: "small_table", message: HOSTILE, hint: HOSTILE };
  await sightings.recordSweep(sampleSweep(source, 1_000, [], { readUnits: 2.5, notice }));
  expect(await stateOf(source)).toMatchObject({ readUnits: 2.5, notice });
  await sightings.recordSweep(sampleSweep(source, 2_000, [], { outcome: "error", error: failure }));
  expect(await stateOf(source)).toMatchObject({ readUnits: 2.5, notice });
  await sightings.recordSweep(sampleSweep(source, 3_000, []));
  expect(await stateOf(source)).toMatchObject({ readUnits: null, notice: null });
});
