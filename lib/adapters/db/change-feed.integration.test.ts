import { afterAll, beforeAll, expect, test } from "vitest";
import type { ObservedHalf } from "#lib/domain/half.ts";
import { type Database, openDatabase } from "./database.ts";
import { createSightingStore } from "./sighting-store.ts";
import { sampleHalf, sampleSource, sampleSweep } from "./testing/samples.ts";
import { MIGRATIONS_DIR, openTestDatabase, quietLog, type TestDatabase } from "./testing/test-database.ts";

const WITHIN = { timeout: 5_000, interval: 5 };

let db: TestDatabase;
/** Another replica; the embedded database has none. */
let other: Database;
beforeAll(async () => {
  db = await openTestDatabase();
  const { url, dataDir } = db;
  other =
    url === null ? db.database : await openDatabase({ url, dataDir, migrationsDir: MIGRATIONS_DIR, log: quietLog });
});
afterAll(async () => {
  if (other !== db.database) await other.close();
  await db.close();
});

type Reader = { readonly told: () => number; readonly end: () => void };

/** Counts what a reader in each process is told. */
function listen(): readonly Reader[] {
  return [...new Set([db.database, other])].map((database) => {
    let calls = 0;
    const end = database.changes.subscribe(() => {
      calls += 1;
    });
    return { told: () => calls, end };
  });
}

test("what one process stores is told here and in other replicas", async () => {
  const { sightings } = db.stores;
  const source = sampleSource("s3");
  const half = sampleHalf(source, "told");
  const { fingerprint, etag } = half;
  const readers = listen();
  const changes = [
    () => sightings.recordFound({ source, startedAtMs: 1_000, halves: [half] }),
    () => sightings.recordSweep(sampleSweep(source, 1_000, [half])),
    () => sightings.markGone({ address: half, fingerprint, etag, atMs: 1_500, unlockId: "u" }),
  ];
  for (const [index, change] of changes.entries()) {
    await change();
    for (const { told } of readers) await expect.poll(told, WITHIN).toBe(index + 1);
  }
  for (const { end } of readers) end();
});

test("only what a person can see is told", async () => {
  const told: string[] = [];
  const changes = {
    ...db.database.changes,
    announce: async () => {
      told.push("announced");
    },
    tellHere: () => told.push("told here"),
  };
  const sightings = createSightingStore({ ...db.database, changes });
  const source = sampleSource("s3");
  const [half, other] = [sampleHalf(source, "seen"), sampleHalf(source, "other")];
  const refresh = (startedAtMs: number, halves: readonly ObservedHalf[], place: string, isSpotCheck = true) => {
    const coverage = { kind: "part", ranges: [], locations: [place] } as const;
    return sightings.recordSweep({ ...sampleSweep(source, startedAtMs, halves, { coverage }), isSpotCheck });
  };
  const tells = async (change: Promise<void>) => {
    await change;
    return told.splice(0).join(", then ");
  };
  const both = "announced, then told here";
  const removed = { address: half, etag: half.etag, fingerprint: half.fingerprint, atMs: 9_000, unlockId: "u" };
  expect(await tells(sightings.recordSweep(sampleSweep(source, 1_000, [half])))).toBe(both);
  expect(await tells(sightings.recordSweep(sampleSweep(source, 2_000, [half])))).toBe(both);
  expect(await tells(refresh(3_000, [half], half.location))).toBe("");
  expect(await tells(refresh(4_000, [half], half.location, false))).toBe(both);
  expect(await tells(sightings.recordFound({ source, startedAtMs: 5_000, halves: [half] }))).toBe("");
  expect(await tells(sightings.recordFound({ source, startedAtMs: 5_000, halves: [other] }))).toBe(both);
  expect(await tells(refresh(6_000, [], other.location))).toBe(both);
  expect(await tells(sightings.markGone({ ...removed, etag: "another" }))).toBe("");
  expect(await tells(sightings.markGone(removed))).toBe(both);
});

test("nothing is told of a transaction that was rolled back", async () => {
  const source = sampleSource("s3");
  const readers = listen();
  const broken = { ...sampleSweep(source, 1_000, []), finishedAtMs: 1e300 };
  await expect(db.stores.sightings.recordSweep(broken)).rejects.toThrow();
  const announced = db.database.prisma.$transaction(async (tx) => {
    await db.database.changes.announce(tx);
    throw new Error("as planned");
  });
  await expect(announced).rejects.toThrow("as planned");
  await db.stores.sightings.recordSweep(sampleSweep(source, 2_000, []));
  for (const { told } of readers) await expect.poll(told, WITHIN).toBe(1);
  for (const { end } of readers) end();
});
