import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import type { Lock } from "#lib/domain/lock.ts";
import { startProxyTo, type TcpProxy } from "#lib/services/testing/tcp-proxy.ts";
import {
  BUCKET,
  HOLDER_A,
  holdS3,
  LOCK_KEY,
  lockText,
  openWorld,
  readAudit,
  type World,
} from "#lib/services/testing/world.ts";
import { reconcileUnlocks } from "#lib/services/unlocks/reconcile-unlocks.ts";

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
beforeEach(() => world.reset());
afterEach(() => wire.pass());
afterAll(async () => {
  await world.close();
  await wire.close();
});

async function shownLock(): Promise<Lock> {
  holdS3(world, lockText(HOLDER_A));
  await world.scan();
  return world.onlyLock();
}

function findRecord(idempotencyKey: string) {
  return world.ctx.unlocks.findByIdempotencyKey(world.ctx.actor, idempotencyKey);
}

async function readSteps(unlockId: string | undefined): Promise<readonly unknown[]> {
  return (await readAudit(world)).filter((event) => event["unlockId"] === unlockId).map((event) => event["action"]);
}

test("F28: when the answer to the intent's commit is lost, no delete is sent, and its record ends as not executed", async () => {
  const lock = await shownLock();
  const broken = wire.breakAt("COMMIT");

  await expect(world.unlock(lock, { idempotencyKey: "lost" })).rejects.toMatchObject({ code: "unavailable" });
  await broken;
  const repeated = await world.unlock(lock, { idempotencyKey: "lost" });
  world.clock.advance(120_000);
  await reconcileUnlocks(world.ctx);

  expect(repeated.outcome).toBe("unknown");
  expect(await world.unlock(lock, { idempotencyKey: "lost" })).toMatchObject({
    id: repeated.id,
    outcome: "not_executed",
  });
  expect(world.deletes()).toBe(0);
  expect(world.sandbox.getObject(BUCKET, LOCK_KEY)).not.toBeNull();
  expect(await readSteps(repeated.id)).toHaveLength(2);
});

test("F28: when the intent's commit never arrives, nothing is on record, and the same key may be used again", async () => {
  const lock = await shownLock();
  const broken = wire.breakAt("COMMIT", { lost: "request" });

  await expect(world.unlock(lock, { idempotencyKey: "never" })).rejects.toMatchObject({ code: "unavailable" });
  await broken;
  const record = await findRecord("never");
  const deletes = world.deletes();

  expect([record, deletes]).toEqual([null, 0]);
  expect((await world.unlock(lock, { idempotencyKey: "never" })).outcome).toBe("released");
  expect(world.deletes()).toBe(1);
});

test.each(["answer", "request"] as const)(
  "F28: when the %s of the outcome's commit is lost, the outcome is recorded once all the same",
  async (lost) => {
    const lock = await shownLock();
    const broken = wire.breakAt("COMMIT", { skip: 1, lost });

    const unlock = await world.unlock(lock);
    await broken;

    expect(unlock.outcome).toBe("released");
    expect(await world.ctx.unlocks.find(unlock.id)).toMatchObject({ outcome: "released" });
    expect(await readSteps(unlock.id)).toEqual(["unlock.intent", "unlock.outcome"]);
    expect(world.deletes()).toBe(1);
  },
);
