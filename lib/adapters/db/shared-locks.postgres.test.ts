import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createSharedLocks } from "./shared-locks.ts";
import { openTestDatabase, quietLog, type TestDatabase } from "./testing/test-database.ts";

let db: TestDatabase;
let url: string;
beforeAll(async () => {
  db = await openTestDatabase();
  if (db.url === null) throw new Error("this test needs a PostgreSQL server");
  url = db.url;
});
afterAll(() => db.close());

async function ask(sql: string): Promise<readonly Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

const LEADERS = "FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'lockkeeper-leader'";

test("200 locks at once take one connection, and exclude another process until each is released", async () => {
  const here = createSharedLocks(url, quietLog);
  const there = createSharedLocks(url, quietLog);
  const locks = Array.from({ length: 200 }, (_, index) => BigInt(7_000 + index));
  const held = await Promise.all(locks.map((lock) => here.hold(lock)));

  expect(held.every((lock) => lock !== null)).toBe(true);
  expect(await ask(`SELECT count(*)::int AS connections ${LEADERS}`)).toEqual([{ connections: 1 }]);
  expect([await there.hold(7_000n), await here.hold(7_000n)]).toEqual([null, null]);
  await held[0]?.release();
  const second = await there.hold(7_000n);
  expect([second === null, await here.hold(7_000n)]).toEqual([false, null]);
  expect(await there.hold(7_001n)).toBeNull();
  await Promise.all([here.close(), there.close()]);
});

test("a lost connection gives its locks back, and the next lock opens another", async () => {
  const here = createSharedLocks(url, quietLog);
  const there = createSharedLocks(url, quietLog);
  const first = await here.hold(8_000n);
  await ask(`SELECT pg_terminate_backend(pid) ${LEADERS}`);

  await expect.poll(() => there.hold(8_000n), { interval: 20 }).not.toBeNull();
  await first?.release();
  expect(await here.hold(8_000n)).toBeNull();
  expect(await here.hold(8_001n)).not.toBeNull();
  await Promise.all([here.close(), there.close()]);
});
