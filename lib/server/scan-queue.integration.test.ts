import type { PgBoss } from "pg-boss";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createJobQueue } from "#lib/adapters/db/job-queue.ts";
import { openTestDatabase, type TestDatabase } from "#lib/adapters/db/testing/test-database.ts";
import { openScanQueue, type ScanQueue } from "./scan-queue.ts";

let db: TestDatabase;
let boss: PgBoss;
let queue: ScanQueue;
beforeAll(async () => {
  db = await openTestDatabase();
  boss = createJobQueue(db.database);
  await boss.start();
  queue = await openScanQueue(boss, 10);
});
beforeEach(() => queue.replan([], true));
afterAll(async () => {
  await boss.stop({ graceful: false });
  await db.close();
});

const look = (sourceId: string, inMs = 0) => ({ sourceId, isFirst: false, inMs });
const idsOf = (looks: readonly { data: { sourceId: string } }[]) => looks.map(({ data }) => data.sourceId).toSorted();

/** As if a process had said nothing for a minute, and the next look for such processes were due. */
async function ageHeartbeats(): Promise<void> {
  await db.database.prisma.$executeRaw`UPDATE pgboss.job SET heartbeat_on = now() - interval '1 minute'`;
  await db.database.prisma.$executeRaw`UPDATE pgboss.queue SET monitor_on = NULL`;
  await boss.supervise();
}

test("a source has at most one look, waiting or running, however often it is planned", async () => {
  await queue.plan([look("a"), look("b"), look("c", 60_000)]);
  await queue.plan([look("a"), look("b"), look("c")]);
  const claimed = await queue.claim(10);
  await queue.plan([look("a"), look("b")]);

  expect(idsOf(claimed)).toEqual(["a", "b"]);
  expect(await queue.claim(10)).toEqual([]);
  for (const one of claimed) await queue.finish(one);
  await queue.plan([look("a")]);
  expect(idsOf(await queue.claim(10))).toEqual(["a"]);
});

test("a start brings forward what waits, and leaves what runs elsewhere alone", async () => {
  await queue.plan([look("waits", 3_600_000), look("runs")]);
  await queue.claim(1);
  await queue.replan([look("waits"), look("runs")], false);

  expect(idsOf(await queue.claim(10))).toEqual(["waits"]);
  await queue.replan([look("waits"), look("runs")], true);
  expect(idsOf(await queue.claim(10))).toEqual(["runs", "waits"]);
});

test("the look of a process that died is taken up by another, and the dead one can end it no more", async () => {
  await queue.plan([look("a"), look("b")]);
  const dead = await queue.claim(10);
  await ageHeartbeats();
  const taken = await queue.claim(10);

  expect(idsOf(taken)).toEqual(["a", "b"]);
  for (const one of dead) await queue.finish(one);
  await queue.giveBack(dead);
  await queue.plan([look("a"), look("b")]);
  expect(await queue.claim(10)).toEqual([]);
  for (const one of taken) await queue.finish(one);
  await queue.plan([look("a")]);
  expect(idsOf(await queue.claim(10))).toEqual(["a"]);
});

test("a look that says it runs is left alone", async () => {
  await queue.plan([look("a")]);
  const claimed = await queue.claim(10);
  await db.database.prisma.$executeRaw`UPDATE pgboss.job SET heartbeat_on = now() - interval '1 minute'`;
  await queue.keep(claimed);
  await db.database.prisma.$executeRaw`UPDATE pgboss.queue SET monitor_on = NULL`;
  await boss.supervise();

  expect(await queue.claim(10)).toEqual([]);
});

test("what a process that ends gives back is taken at once", async () => {
  await queue.plan([look("a")]);
  await queue.giveBack(await queue.claim(10));

  expect(idsOf(await queue.claim(10))).toEqual(["a"]);
});
