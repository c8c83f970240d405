import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { untilConnected } from "#lib/services/testing/database-faults.ts";
import { startProxyTo, type TcpProxy } from "#lib/services/testing/tcp-proxy.ts";
import { BUCKET, HOLDER_A, holdS3, LOCK_KEY, lockText, openWorld, type World } from "#lib/services/testing/world.ts";
import { reconcileUnlocks } from "#lib/services/unlocks/reconcile-unlocks.ts";

/** What is promised; the product waits for less, and a busy machine comes on top. */
const ANSWERED_MS_MAX = 3_000;
const BUSY_MS_MAX = 3_000;

let world: World;
let wire: TcpProxy;
beforeAll(async () => {
  world = await openWorld({
    databaseVia: async (url) => {
      const through = await startProxyTo(url);
      wire = through.proxy;
      return through.url;
    },
  });
});
beforeEach(async () => {
  await bringBack();
  await world.reset();
});
afterAll(async () => {
  await bringBack();
  await world.close();
  await wire.close();
});

async function bringBack(): Promise<void> {
  await wire.pass();
  await untilConnected(world.database);
}

async function shownLock() {
  holdS3(world, lockText(HOLDER_A));
  await world.scan();
  return world.onlyLock();
}

async function expectNothingDone(attempt: Promise<unknown>): Promise<void> {
  const startedMs = performance.now();
  await expect(attempt).rejects.toMatchObject({ code: "unavailable" });
  expect(world.ctx.storeAnswerMsMax).toBeLessThan(ANSWERED_MS_MAX);
  expect(performance.now() - startedMs).toBeLessThan(ANSWERED_MS_MAX + BUSY_MS_MAX);
  expect(world.sandbox.journal({ isWrite: true })).toEqual([]);
  expect(world.sandbox.getObject(BUCKET, LOCK_KEY)).not.toBeNull();
}

test("F1: with the database down an unlock is refused in 3 s, nothing is written to AWS, and it is not ready", async () => {
  const lock = await shownLock();
  await wire.refuse();

  await expectNothingDone(world.unlock(lock));
  await expect(world.database.database.check()).rejects.toMatchObject({ code: "unavailable" });

  await bringBack();
  await expect(world.database.database.check()).resolves.toBeUndefined();
  expect((await world.unlock(lock)).outcome).toBe("released");
});

test("F1: when the database goes down right before the intent, nothing is written to AWS", async () => {
  const lock = await shownLock();
  const stop = world.sandbox.onRequest(async ({ operation, principal }, phase) => {
    if (operation === "GetObject" && principal?.role === "unlock" && phase === "after") await wire.refuse();
  });

  await expectNothingDone(world.unlock(lock));

  stop();
  await bringBack();
  expect((await world.unlock(lock)).outcome).toBe("released");
});

test("F1: a database that takes connections and never answers counts as down", async () => {
  const lock = await shownLock();
  wire.hang();
  wire.cut();

  await expectNothingDone(world.unlock(lock));
});

test("F1: when the database goes down after the delete, the outcome is unknown until it is back, and is then settled", async () => {
  const lock = await shownLock();
  const stop = world.sandbox.onRequest(async ({ operation }, phase) => {
    if (operation === "DeleteObject" && phase === "after") await wire.refuse();
  });

  const unlock = await world.unlock(lock);
  stop();
  await bringBack();
  const recorded = await world.ctx.unlocks.find(unlock.id);
  world.clock.advance(120_000);
  await reconcileUnlocks(world.ctx);

  expect([unlock.outcome, recorded?.outcome]).toEqual(["unknown", "unknown"]);
  expect((await world.ctx.unlocks.find(unlock.id))?.outcome).toBe("gone_unattributed");
  expect(world.deletes()).toBe(1);
});
