import { afterAll, beforeAll, expect, test } from "vitest";
import { type Database, openDatabase } from "./database.ts";
import { sampleSource, sampleSweep } from "./testing/samples.ts";
import { MIGRATIONS_DIR, openTestDatabase, quietLog, type TestDatabase } from "./testing/test-database.ts";

const WITHIN = { timeout: 10_000, interval: 10 };
const LISTENERS =
  "SELECT pid FROM pg_stat_activity WHERE application_name = 'lockkeeper-changes' AND datname = current_database()";

let db: TestDatabase;
let other: Database;
beforeAll(async () => {
  db = await openTestDatabase();
  const options = { url: db.url, dataDir: db.dataDir, migrationsDir: MIGRATIONS_DIR, log: quietLog };
  other = await openDatabase(options);
});
afterAll(async () => {
  await other.close();
  await db.close();
});

const countListeners = async () => (await db.database.prisma.$queryRawUnsafe<unknown[]>(LISTENERS)).length;

test("the feed survives the loss of its connection, and calls back once for what it may have missed", async () => {
  const { sightings } = db.stores;
  expect(await countListeners()).toBe(0);
  let calls = 0;
  other.changes.subscribe(() => {
    calls += 1;
  });
  await expect.poll(() => calls, WITHIN).toBe(1);
  const record = (startedAtMs: number) => sightings.recordSweep(sampleSweep(sampleSource("s3"), startedAtMs, []));
  await record(1_000);
  await expect.poll(() => calls, WITHIN).toBe(2);
  await db.database.prisma.$queryRawUnsafe(
    `SELECT pg_terminate_backend(pid)::text AS is_ended FROM (${LISTENERS}) AS listeners`,
  );
  await expect.poll(() => calls, WITHIN).toBe(3);
  await record(2_000);
  await expect.poll(() => calls, WITHIN).toBe(4);
  await other.close();
  await expect.poll(countListeners, WITHIN).toBe(0);
});
