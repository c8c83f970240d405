import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { Lock } from "#lib/domain/lock.ts";
import type { Context } from "#lib/services/ports/context.ts";
import { untilConnected } from "#lib/services/testing/database-faults.ts";
import { restore, unlockForRestore } from "#lib/services/testing/restoring.ts";
import { startProxyTo, type TcpProxy } from "#lib/services/testing/tcp-proxy.ts";
import { BUCKET, HOLDER_A, holdS3, LOCK_KEY, lockText, openWorld, type World } from "#lib/services/testing/world.ts";
import { forceUnlock } from "#lib/services/unlocks/force-unlock.ts";
import { reconcileUnlocks } from "#lib/services/unlocks/reconcile-unlocks.ts";

/** What is promised; the product waits for less, and a busy machine comes on top. */
const ANSWERED_MS_MAX = 3_000;
const BUSY_MS_MAX = 3_000;
/** So that not every test waits as long as the product does. */
const IMPATIENT_MS = 1_000;
const REASON = "the runner died, see the incident";
/** With this in it a statement writes the row of an intent. */
const INSERT = 'INSERT INTO "public"."unlock"';

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
  wire.cut();
  await untilConnected(world.database);
}

async function shownLock(): Promise<Lock> {
  holdS3(world, lockText(HOLDER_A));
  await world.scan();
  return world.onlyLock();
}

function unlockIn(ctx: Context, { key, lockId, fingerprint }: Lock, idempotencyKey: string) {
  return forceUnlock(ctx, { key, lockId, fingerprint, reason: REASON, idempotencyKey });
}

function findRecord(idempotencyKey: string) {
  return world.ctx.unlocks.findByIdempotencyKey(world.ctx.actor, idempotencyKey);
}

/** Silence right after AWS answered this to an unlock. */
function afterAnswerTo(asked: string): () => Promise<void> {
  const silent = Promise.withResolvers<void>();
  const stop = world.sandbox.onRequest(({ operation }, phase) => {
    if (operation !== asked || phase !== "after") return;
    stop();
    wire.hang();
    silent.resolve();
  });
  return () => silent.promise;
}

/** Silence when a statement with this in it was sent, which does not arrive. */
function at(text: string): () => Promise<void> {
  const { held } = wire.holdAt(text);
  void held.then(wire.hang);
  return () => held;
}

const MOMENTS: readonly [string, () => () => Promise<void>][] = [
  ["while the role is assumed", () => afterAnswerTo("AssumeRole")],
  ["while the lock is read", () => afterAnswerTo("GetObject")],
  ["when the intent is written", () => at(INSERT)],
  ["when the intent is committed", () => at("COMMIT")],
];

test("F1: a database that falls silent in the middle of a conversation counts as down within 3 s, and nothing is written to AWS", async () => {
  const lock = await shownLock();
  wire.hang();

  const startedMs = performance.now();
  await expect(world.unlock(lock)).rejects.toMatchObject({ code: "unavailable" });
  const tookMs = performance.now() - startedMs;
  await bringBack();

  expect(world.ctx.storeAnswerMsMax).toBeLessThan(ANSWERED_MS_MAX);
  expect(tookMs).toBeLessThan(ANSWERED_MS_MAX + BUSY_MS_MAX);
  expect(world.sandbox.journal({ isWrite: true })).toEqual([]);
  expect((await world.unlock(lock)).outcome).toBe("released");
  expect(world.deletes()).toBe(1);
});

test.each(MOMENTS)(
  "F1: when the database falls silent %s, nothing is sent, nothing is on record, and the same request works later",
  async (_, fallSilent) => {
    const lock = await shownLock();
    const impatient = { ...world.ctx, storeAnswerMsMax: IMPATIENT_MS };
    const silent = fallSilent();

    const idempotencyKey = randomUUID();
    await expect(unlockIn(impatient, lock, idempotencyKey)).rejects.toMatchObject({ code: "unavailable" });
    await silent();
    await bringBack();

    expect(world.sandbox.journal({ isWrite: true })).toEqual([]);
    expect(await findRecord(idempotencyKey)).toBeNull();
    expect((await unlockIn(world.ctx, lock, idempotencyKey)).outcome).toBe("released");
    expect(world.deletes()).toBe(1);
  },
);

test("F1: an intent whose commit arrives after the answer is never carried out, and is settled by reading as not executed", async () => {
  const lock = await shownLock();
  const commit = wire.holdAt("COMMIT");

  const startedMs = performance.now();
  await expect(world.unlock(lock, { idempotencyKey: "late" })).rejects.toMatchObject({ code: "unavailable" });
  const tookMs = performance.now() - startedMs;
  await commit.held;
  commit.release();
  await expect.poll(() => findRecord("late"), { interval: 10 }).toMatchObject({ outcome: "unknown" });
  await expect(world.unlock(lock)).rejects.toMatchObject({ code: "in_progress" });
  world.clock.advance(120_000);
  await reconcileUnlocks(world.ctx);

  expect(world.ctx.storeAnswerMsMax).toBeLessThan(ANSWERED_MS_MAX);
  expect(tookMs).toBeLessThan(ANSWERED_MS_MAX + BUSY_MS_MAX);
  expect(await findRecord("late")).toMatchObject({ outcome: "not_executed" });
  expect(world.sandbox.journal({ isWrite: true })).toEqual([]);
  expect(world.sandbox.getObject(BUCKET, LOCK_KEY)).not.toBeNull();
  expect((await world.unlock(lock)).outcome).toBe("released");
  expect(world.deletes()).toBe(1);
});

test("F1: an undo whose intent is committed too late is never carried out either", async () => {
  const unlock = await unlockForRestore(world, "s3");
  world.sandbox.clearJournal();
  const ctx = { ...world.ctx, storeAnswerMsMax: IMPATIENT_MS };
  const commit = wire.holdAt("COMMIT");

  await expect(restore(world, unlock, { ctx })).rejects.toMatchObject({ code: "unavailable" });
  await commit.held;
  commit.release();
  await expect
    .poll(() => world.ctx.restores.listOfUnlock(unlock.id), { interval: 10 })
    .toMatchObject([{ outcome: "unknown" }]);

  expect(world.sandbox.journal({ isWrite: true })).toEqual([]);
  expect(world.sandbox.getObject(BUCKET, LOCK_KEY)).toBeNull();
});
