import { afterAll, beforeAll, expect, test } from "vitest";
import { sampleEntry, sampleHalf, sampleSource, sampleSweep, sampleUnlock } from "./testing/samples.ts";
import { openTestDatabase, type TestDatabase } from "./testing/test-database.ts";
import { read, write } from "./transaction.ts";

let db: TestDatabase;
beforeAll(async () => {
  db = await openTestDatabase();
  await db.database.prisma.$executeRawUnsafe(
    "CREATE TABLE late (id int PRIMARY KEY, other int REFERENCES late (id) DEFERRABLE INITIALLY DEFERRED)",
  );
});
afterAll(() => db.close());

const unavailable = { name: "AppError", code: "unavailable" };

function countLate(): Promise<unknown> {
  return db.database.prisma.$queryRawUnsafe("SELECT count(*)::int AS count FROM late");
}

test("what fails only at the commit is reported as not recorded", async () => {
  const insert = write(db.database, (tx) => tx.$executeRawUnsafe("INSERT INTO late VALUES (1, 2)"));
  await expect(insert).rejects.toMatchObject(unavailable);
  expect(await countLate()).toEqual([{ count: 0 }]);
});

test("after a failed statement nothing of the transaction is recorded, and the next one works", async () => {
  const failing = write(db.database, async (tx) => {
    await tx.$executeRawUnsafe("INSERT INTO late VALUES (1, 1)");
    await tx.$executeRawUnsafe("INSERT INTO late VALUES (1, 1)");
  });
  await expect(failing).rejects.toMatchObject(unavailable);
  await expect(
    write(db.database, async (tx) => {
      await tx.$executeRawUnsafe("INSERT INTO late VALUES (1, 1)");
      throw new TypeError("ours");
    }),
  ).rejects.toThrow("ours");
  expect(await countLate()).toEqual([{ count: 0 }]);
  await write(db.database, (tx) => tx.$executeRawUnsafe("INSERT INTO late VALUES (1, 1)"));
  expect(await countLate()).toEqual([{ count: 1 }]);
});

test("a transaction that a job left aborted does not stop a record", async () => {
  if ("pglite" in db.database.jobs) {
    await expect(db.database.jobs.pglite.exec("BEGIN; SELECT 1 / 0; COMMIT")).rejects.toThrow("division by zero");
  }
  const unlock = sampleUnlock();
  expect(await db.stores.unlocks.begin(unlock, sampleEntry(), 0)).toEqual({ verdict: "begun" });
  expect(await db.stores.unlocks.find(unlock.id)).toEqual(unlock);
});

test("an error of the database says which in one line, without our code", async () => {
  const reading = read(db.database, () => db.database.prisma.$queryRawUnsafe("SELECT * FROM nowhere"));
  await expect(reading).rejects.toMatchObject({ ...unavailable, hint: db.database.hint });
  await expect(reading).rejects.toThrow(/^The database did not answer: [^\n]*nowhere[^\n]*$/);
});

test("a database that refuses to write refuses the intent, and says unavailable", async () => {
  const { prisma } = db.database;
  await prisma.$executeRawUnsafe("ALTER TABLE audit_event ADD CONSTRAINT full_disk CHECK (seq < 0) NOT VALID");
  const unlock = sampleUnlock();
  await expect(db.stores.unlocks.begin(unlock, sampleEntry(), 0)).rejects.toMatchObject(unavailable);
  await prisma.$executeRawUnsafe("ALTER TABLE audit_event DROP CONSTRAINT full_disk");
  expect(await db.stores.unlocks.find(unlock.id)).toBeNull();
  expect(await db.stores.unlocks.begin(unlock, sampleEntry(), 0)).toEqual({ verdict: "begun" });
});

test("after the database closed, every store says unavailable", async () => {
  const { database, stores, close } = await openTestDatabase();
  await database.close();
  const source = sampleSource("s3");
  const calls = [
    () => database.check(),
    () => stores.unlocks.begin(sampleUnlock(), sampleEntry(), 0),
    () => stores.unlocks.list({ limit: 1 }),
    () => stores.audit.append(sampleEntry()),
    () => stores.sightings.listCurrent(),
    () => stores.sightings.recordSweep(sampleSweep(source, 1, [sampleHalf(source, "a")])),
  ];
  for (const call of calls) await expect(call()).rejects.toMatchObject(unavailable);
  await close();
});
