import { afterAll, beforeAll, expect, test } from "vitest";
import type { ChainVerdict } from "#lib/services/ports/trail.ts";
import { verifyChain } from "./chain-check.ts";
import { sampleEntry } from "./testing/samples.ts";
import { openTestDatabase, type TestDatabase } from "./testing/test-database.ts";

let db: TestDatabase;
beforeAll(async () => {
  db = await openTestDatabase();
  for (let index = 0; index < 20; index += 1) await db.stores.audit.append(sampleEntry({ details: { index } }));
});
afterAll(() => db.close());

/** What the check finds after the owner of the tables did what no trigger stops; all of it is taken back. */
async function problemAfter(...statements: readonly string[]): Promise<ChainVerdict["problem"]> {
  const found = Promise.withResolvers<ChainVerdict["problem"]>();
  const undo = new Error("taken back");
  await db.database.prisma
    .$transaction(async (tx) => {
      await tx.$executeRawUnsafe("ALTER TABLE audit_event DISABLE TRIGGER ALL");
      for (const sql of statements) await tx.$executeRawUnsafe(sql);
      found.resolve((await verifyChain(tx)).problem);
      throw undo;
    })
    .catch((error: unknown) => {
      if (error !== undo) found.reject(error);
    });
  return found.promise;
}

test("an untouched trail is sound", async () => {
  expect(await db.stores.audit.verify()).toMatchObject({ size: 20, problem: null });
});

test("an edited event is named", async () => {
  const problem = await problemAfter("UPDATE audit_event SET event = event || '\\x20'::bytea WHERE seq = 7");
  expect(problem).toMatchObject({ seq: 7, message: expect.stringContaining("hash") });
});

test("an edited event with a new hash breaks the link after it", async () => {
  const problem = await problemAfter(
    "UPDATE audit_event SET event = event || '\\x20'::bytea WHERE seq = 7",
    "UPDATE audit_event SET hash = sha256(prev_hash || int8send(seq) || event) WHERE seq = 7",
  );
  expect(problem).toMatchObject({ seq: 8, message: expect.stringContaining("follow") });
});

test("a removed event is named by the one after it", async () => {
  const problem = await problemAfter("DELETE FROM audit_event WHERE seq = 7");
  expect(problem).toMatchObject({ seq: 8, message: expect.stringContaining("missing") });
});

test("the first event cannot be removed unseen", async () => {
  const problem = await problemAfter("DELETE FROM audit_event WHERE seq = 1");
  expect(problem).toMatchObject({ seq: 2 });
});

test("two events that changed places are noticed", async () => {
  const problem = await problemAfter(
    "UPDATE audit_event SET seq = -1 WHERE seq = 7",
    "UPDATE audit_event SET seq = 7 WHERE seq = 8",
    "UPDATE audit_event SET seq = 8 WHERE seq = -1",
  );
  expect(problem).toMatchObject({ seq: 7 });
});
