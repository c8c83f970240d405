import { afterAll, beforeAll, expect, test } from "vitest";
import { openDatabase } from "./database.ts";
import { createLeadership } from "./leadership.ts";
import { MIGRATIONS_DIR, openTestDatabase, quietLog, type TestDatabase } from "./testing/test-database.ts";

let db: TestDatabase;
beforeAll(async () => {
  db = await openTestDatabase();
});
afterAll(() => db.close());

test("one at a time leads under a name, over all processes of a database, and the next one may when it ends", async () => {
  const { leadership } = db.stores;
  const other =
    db.url === null
      ? db.database
      : await openDatabase({ url: db.url, dataDir: db.dataDir, migrationsDir: MIGRATIONS_DIR, log: quietLog });
  const elsewhere = db.url === null ? leadership : createLeadership(other);
  const end = Promise.withResolvers<string>();
  const begun = Promise.withResolvers<void>();
  const first = leadership.lead("reconcile", () => {
    begun.resolve();
    return end.promise;
  });
  await begun.promise;
  expect(await elsewhere.lead("reconcile", async () => "second")).toBeNull();
  expect(await elsewhere.lead("checkpoint", async () => "another name")).toBe("another name");
  end.resolve("first");
  expect(await first).toBe("first");
  await expect.poll(() => elsewhere.lead("reconcile", async () => "third"), { interval: 10 }).toBe("third");
  if (other !== db.database) await other.close();
});

test("leading ends also when the work fails", async () => {
  const { leadership } = db.stores;
  await expect(leadership.lead("fails", () => Promise.reject(new Error("as planned")))).rejects.toThrow("as planned");
  await expect.poll(() => leadership.lead("fails", async () => "again"), { interval: 10 }).toBe("again");
});
