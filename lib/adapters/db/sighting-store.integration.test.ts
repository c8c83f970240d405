import { afterAll, beforeAll, expect, test } from "vitest";
import type { HalfBody } from "#lib/domain/half.ts";
import { computeStatePathHash } from "#lib/domain/lock-key.ts";
import type { Source } from "#lib/domain/source.ts";
import { sha256 } from "./sighting-row.ts";
import { HOSTILE, sampleHalf, sampleSource, sampleSweep } from "./testing/samples.ts";
import { openTestDatabase, type TestDatabase } from "./testing/test-database.ts";

let db: TestDatabase;
beforeAll(async () => {
  db = await openTestDatabase();
});
afterAll(() => db.close());

const failure = { code: "access_denied", message: "no", hint: "ask", statement: null } as const;

async function stateOf(source: Source) {
  const states = await db.stores.sightings.listSourceStates();
  return states.find(({ sourceId }) => sourceId === source.id);
}

test("a half is one sighting over all the sweeps that see it", async () => {
  const { sightings } = db.stores;
  const source = sampleSource("s3");
  const half = sampleHalf(source, "a", { state: { lastModifiedMs: 1, sizeBytes: 2 }, versionId: "v" });
  for (const at of [1_000, 2_000, 3_000]) await sightings.recordSweep(sampleSweep(source, at, [half]));
  const seen = { firstSeenAtMs: 1_000, lastSeenAtMs: 3_000, sweepsSeen: 3 };
  expect(await sightings.listCurrentOf(source.id)).toEqual([
    { ...half, ...seen, id: expect.any(String), isPaired: false, goneAtMs: null, goneUnlockId: null },
  ]);
});

test("every kind of body, hostile text and a key of 1,024 bytes read back byte for byte", async () => {
  const { sightings } = db.stores;
  const source = { ...sampleSource("s3"), id: `s3:${HOSTILE}` };
  const bytes = Uint8Array.from({ length: 65_536 }, (_, index) => index % 256);
  const bodies: HalfBody[] = [
    { kind: "bytes", bytes, sizeBytes: 5_000_000_000, isTruncated: true },
    { kind: "bytes", bytes: new Uint8Array(0), sizeBytes: 0, isTruncated: false },
    { kind: "item", bytes, problem: "info_not_string" },
    { kind: "denied", sizeBytes: null, problem: HOSTILE },
  ];
  const halves = bodies.map((body, index) => {
    const stateKey = `${index}${"\u0001".repeat(500)}${HOSTILE}`.padEnd(1_024, "\u0000");
    const fingerprint = body.kind === "denied" ? null : sha256(body.bytes);
    return sampleHalf(source, stateKey, { bucket: HOSTILE, body, fingerprint, etag: HOSTILE, versionId: HOSTILE });
  });
  await sightings.recordSweep(sampleSweep(source, 1_000, halves, { error: { ...failure, message: HOSTILE } }));
  const stored = await sightings.listCurrentOf(source.id);
  for (const half of halves) {
    expect(stored.find(({ location }) => location === half.location)).toMatchObject(half);
    const { bucket, stateKey } = half;
    expect(await sightings.findStatePath(computeStatePathHash(bucket, stateKey, sha256))).toEqual({ bucket, stateKey });
  }
  expect((await stateOf(source))?.error?.message).toBe(HOSTILE);
});

test("a complete sweep finds gone what it did not see; a partial or failed one finds nothing gone", async () => {
  const { sightings } = db.stores;
  const source = sampleSource("s3");
  const other = sampleSource("s3");
  const [a, b] = [sampleHalf(source, "a"), sampleHalf(source, "b")];
  await sightings.recordSweep(sampleSweep(other, 1_000, [sampleHalf(other, "c")]));
  await sightings.recordSweep(sampleSweep(source, 1_000, [a, b]));
  await sightings.recordSweep(sampleSweep(source, 2_000, [a], { outcome: "partial", error: failure }));
  await sightings.recordSweep(sampleSweep(source, 3_000, [], { outcome: "error", error: failure }));
  expect(await sightings.listCurrentOf(source.id)).toHaveLength(2);
  expect(await stateOf(source)).toMatchObject({
    status: "error",
    lastScanAtMs: 1_010,
    lastAttemptAtMs: 3_010,
    error: failure,
  });
  await sightings.recordSweep(sampleSweep(source, 4_000, [a]));
  expect((await sightings.listCurrentOf(source.id)).map(({ stateKey }) => stateKey)).toEqual(["a"]);
  expect(await stateOf(source)).toMatchObject({ status: "ok", lastScanAtMs: 4_010, locksFound: 1, error: null });
  const [gone] = await sightings.listOfStatePath({ bucket: "bucket", stateKey: "b", limit: 1 });
  expect(gone).toMatchObject({ goneAtMs: 4_010, goneUnlockId: null, lastSeenAtMs: 1_000 });
  expect(await sightings.listCurrentOf(other.id)).toHaveLength(1);
});

test("what an unlock removed is not revived by a sweep that had begun before", async () => {
  const { sightings } = db.stores;
  const source = sampleSource("s3");
  const half = sampleHalf(source, "removed");
  await sightings.recordSweep(sampleSweep(source, 1_000, [half]));
  const removed = { address: half, fingerprint: half.fingerprint, etag: half.etag, atMs: 2_500, unlockId: "u1" };
  await sightings.markGone(removed);
  expect(await sightings.listCurrentOf(source.id)).toEqual([]);
  await sightings.recordSweep(sampleSweep(source, 2_000, [half]));
  expect(await sightings.listCurrentOf(source.id)).toEqual([]);
  await sightings.recordSweep(sampleSweep(source, 3_000, [half]));
  const history = await sightings.listOfStatePath({ bucket: "bucket", stateKey: "removed", limit: 9 });
  expect(history).toMatchObject([
    { firstSeenAtMs: 3_000, goneAtMs: null },
    { firstSeenAtMs: 1_000, goneAtMs: 2_500, goneUnlockId: "u1" },
  ]);
});

test("an unlock takes away only the half it removed, and may claim what a sweep had found gone first", async () => {
  const { sightings } = db.stores;
  const source = sampleSource("dynamodb");
  const half = sampleHalf(source, "claimed");
  await sightings.recordSweep(sampleSweep(source, 1_000, [half]));
  const removed = { address: half, etag: null, atMs: 1_500, unlockId: "u2" };
  await sightings.markGone({ ...removed, fingerprint: "another" });
  expect(await sightings.listCurrentOf(source.id)).toHaveLength(1);
  await sightings.recordSweep(sampleSweep(source, 2_000, []));
  await sightings.markGone({ ...removed, fingerprint: half.fingerprint });
  const [gone] = await sightings.listOfStatePath({ bucket: "bucket", stateKey: "claimed", limit: 1 });
  expect(gone).toMatchObject({ goneAtMs: 2_010, goneUnlockId: "u2" });
});

test("a sweep recorded late undoes nothing that a newer one found", async () => {
  const { sightings } = db.stores;
  const source = sampleSource("s3");
  const state = (sizeBytes: number) => ({ state: { lastModifiedMs: 1, sizeBytes } });
  const old = sampleHalf(source, "old");
  await sightings.recordSweep(sampleSweep(source, 3_000, [sampleHalf(source, "kept", state(3))]));
  await sightings.recordSweep(sampleSweep(source, 2_000, [sampleHalf(source, "kept", state(2)), old]));
  await sightings.recordSweep(sampleSweep(source, 1_000, [], { outcome: "error", error: failure }));
  const current = await sightings.listCurrentOf(source.id);
  expect(current).toMatchObject([
    { stateKey: "kept", state: { sizeBytes: 3 }, firstSeenAtMs: 2_000, lastSeenAtMs: 3_000 },
  ]);
  const [gone] = await sightings.listOfStatePath({ bucket: "bucket", stateKey: "old", limit: 1 });
  expect(gone).toMatchObject({ firstSeenAtMs: 2_000, goneAtMs: 3_000 });
  expect(await stateOf(source)).toMatchObject({ status: "ok", lastScanAtMs: 3_010, lastAttemptAtMs: 3_010 });
});

test("a sweep that began before a half was last seen does not find it gone", async () => {
  const { sightings } = db.stores;
  const source = sampleSource("s3");
  await sightings.recordSweep(sampleSweep(source, 3_000, [sampleHalf(source, "young")]));
  await sightings.recordSweep(sampleSweep(source, 2_000, []));
  expect(await sightings.listCurrentOf(source.id)).toHaveLength(1);
});

test("a body that could not be read at first is filled in, and kept when access is lost again", async () => {
  const { sightings } = db.stores;
  const source = sampleSource("s3");
  const half = sampleHalf(source, "a");
  const body = { kind: "denied", sizeBytes: 7, problem: "no access" } as const;
  const denied = { ...half, fingerprint: null, body };
  await sightings.recordSweep(sampleSweep(source, 1_000, [denied]));
  expect(await sightings.listCurrentOf(source.id)).toMatchObject([{ fingerprint: null, body }]);
  await sightings.recordSweep(sampleSweep(source, 2_000, [half]));
  await sightings.recordSweep(sampleSweep(source, 3_000, [denied]));
  expect(await sightings.listCurrentOf(source.id)).toMatchObject([{ ...half, sweepsSeen: 3, lastSeenAtMs: 3_000 }]);
});

test("another ETag or time of acquisition at the same place is another lock", async () => {
  const { sightings } = db.stores;
  const source = sampleSource("s3");
  const half = sampleHalf(source, "same place");
  await sightings.recordSweep(sampleSweep(source, 1_000, [half]));
  await sightings.recordSweep(sampleSweep(source, 2_000, [{ ...half, lastModifiedMs: 501 }]));
  await sightings.recordSweep(sampleSweep(source, 3_000, [{ ...half, lastModifiedMs: 501, etag: '"2"' }]));
  const history = await sightings.listOfStatePath({ bucket: "bucket", stateKey: "same place", limit: 9 });
  expect(history.map(({ goneAtMs }) => goneAtMs)).toEqual([null, 3_010, 2_010]);
});

test("halves of two mechanisms with identical bytes are a pair for good; different bytes are not", async () => {
  const { sightings } = db.stores;
  const [bucket, table] = [sampleSource("s3"), sampleSource("dynamodb")];
  const keys = ["pair", "split"];
  await sightings.recordSweep(
    sampleSweep(
      bucket,
      1_000,
      keys.map((key) => sampleHalf(bucket, key)),
    ),
  );
  const before = await sightings.listCurrentOf(bucket.id);
  expect(before.map(({ isPaired }) => isPaired)).toEqual([false, false]);
  const bytes = new TextEncoder().encode("other");
  const body: HalfBody = { kind: "bytes", bytes, sizeBytes: bytes.length, isTruncated: false };
  const split = sampleHalf(table, "split", { body, fingerprint: sha256(bytes) });
  await sightings.recordSweep(sampleSweep(table, 1_500, [sampleHalf(table, "pair"), split]));
  const pairs = async (source: Source) =>
    Object.fromEntries(
      (await sightings.listCurrentOf(source.id)).map(({ stateKey, isPaired }) => [stateKey, isPaired]),
    );
  expect(await pairs(bucket)).toEqual({ pair: true, split: false });
  expect(await pairs(table)).toEqual({ pair: true, split: false });
  await sightings.recordSweep(sampleSweep(table, 2_000, []));
  await sightings.recordSweep(
    sampleSweep(
      bucket,
      2_000,
      keys.map((key) => sampleHalf(bucket, key)),
    ),
  );
  expect(await pairs(bucket)).toEqual({ pair: true, split: false });
});

test("the same list is answered until something changed, then a new one", async () => {
  const { sightings } = db.stores;
  const source = sampleSource("s3");
  const half = sampleHalf(source, "cached");
  await sightings.recordSweep(sampleSweep(source, 1_000, [half]));
  const first = await sightings.listCurrent();
  expect(await sightings.listCurrent()).toBe(first);
  await sightings.recordSweep(sampleSweep(source, 2_000, [half]));
  const second = await sightings.listCurrent();
  expect(second).not.toBe(first);
  expect(second.filter(({ sourceId }) => sourceId === source.id)).toMatchObject([
    { lastSeenAtMs: 2_000, sweepsSeen: 2 },
  ]);
  await sightings.markGone({
    address: half,
    fingerprint: half.fingerprint,
    etag: half.etag,
    atMs: 2_100,
    unlockId: "u",
  });
  const third = await sightings.listCurrent();
  expect(third).not.toBe(second);
  expect(third.filter(({ sourceId }) => sourceId === source.id)).toEqual([]);
});

test("sweeps of many sources recorded at the same time all arrive", async () => {
  const { sightings } = db.stores;
  const sources = Array.from({ length: 20 }, (_, index) => sampleSource(index % 2 === 0 ? "s3" : "dynamodb"));
  const record = (source: Source) =>
    sightings.recordSweep(
      sampleSweep(
        source,
        1_000,
        ["x", "y", "z"].map((key) => sampleHalf(source, `many/${key}`)),
      ),
    );
  await Promise.all(sources.map(record));
  const ids = new Set(sources.map(({ id }) => id));
  const stored = (await sightings.listCurrent()).filter(({ sourceId }) => ids.has(sourceId));
  expect(stored).toHaveLength(60);
  expect(stored.every(({ isPaired }) => isPaired)).toBe(true);
});

test("a time or size that AWS answered wrongly does not stop a sweep from being recorded", async () => {
  const { sightings } = db.stores;
  const source = sampleSource("s3");
  const half = sampleHalf(source, "odd", {
    lastModifiedMs: Number.NaN,
    state: { lastModifiedMs: 1.5, sizeBytes: Infinity },
  });
  await sightings.recordSweep(sampleSweep(source, 1_000, [half]));
  expect(await sightings.listCurrentOf(source.id)).toMatchObject([{ lastModifiedMs: null, state: null }]);
});
