import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { Lock } from "#lib/domain/lock.ts";
import type { Context } from "#lib/services/ports/context.ts";
import type { UnlockSession } from "#lib/services/ports/unlocking.ts";
import { HOLDER_A, holdS3, lockText, openWorld, type World } from "#lib/services/testing/world.ts";
import { forceUnlock } from "#lib/services/unlocks/force-unlock.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
beforeEach(() => world.reset());
afterAll(() => world.close());

async function shownLock(): Promise<Lock> {
  holdS3(world, lockText(HOLDER_A));
  await world.scan();
  return world.onlyLock();
}

/** The world of another person, whose sessions are changed, and who may be kept from opening one. */
function contextOf(
  name: string,
  change: (session: UnlockSession) => Partial<UnlockSession>,
  opening: () => Promise<void> = async () => undefined,
): Context {
  const openSession: Context["gateway"]["openSession"] = async (input) => {
    await opening();
    const session = await world.ctx.gateway.openSession(input);
    return { ...session, ...change(session) };
  };
  const actor = { kind: "person", name, authenticatedBy: "local" } as const;
  return { ...world.ctx, actor, gateway: { ...world.ctx.gateway, openSession } };
}

function unlockIn(ctx: Context, { key, lockId, fingerprint }: Lock) {
  const reason = "the runner died long ago";
  return forceUnlock(ctx, { key, lockId, fingerprint, reason, idempotencyKey: randomUUID() });
}

test("F11: while one unlock of a lock is on its way, another is told at once by whom, and sends nothing", async () => {
  const lock = await shownLock();
  const sending = Promise.withResolvers<void>();
  const mayAnswer = Promise.withResolvers<void>();
  const riley = contextOf("riley", (session) => ({
    async deleteHalf(address, guard) {
      sending.resolve();
      await mayAnswer.promise;
      return session.deleteHalf(address, guard);
    },
  }));
  const first = unlockIn(riley, lock);
  await sending.promise;

  const before = world.sandbox.journal().length;
  const startedMs = performance.now();
  const second = unlockIn(
    contextOf("sam", () => ({})),
    lock,
  );
  await expect(second).rejects.toMatchObject({ code: "in_progress", message: expect.stringContaining("by riley") });
  const knewAfterMs = performance.now() - startedMs;
  const askedOfAws = world.sandbox.journal().length - before;
  mayAnswer.resolve();

  expect((await first).outcome).toBe("released");
  expect(knewAfterMs).toBeLessThan(1_000);
  expect(askedOfAws, "whoever comes second does not wait for AWS").toBe(0);
  expect(world.deletes()).toBe(1);
});

test("F11: an unlock that read the lock while another's delete was on its way sends nothing once that has ended", async () => {
  const lock = await shownLock();
  const sending = Promise.withResolvers<void>();
  const mayDelete = Promise.withResolvers<void>();
  const hasRead = Promise.withResolvers<void>();
  const mayGoOn = Promise.withResolvers<void>();
  const riley = contextOf("riley", (session) => ({
    async deleteHalf(address, guard) {
      sending.resolve();
      await mayDelete.promise;
      return session.deleteHalf(address, guard);
    },
  }));
  const isOpening = Promise.withResolvers<void>();
  const sam = contextOf(
    "sam",
    (session) => ({
      async readHalf(address) {
        const read = await session.readHalf(address);
        hasRead.resolve();
        await mayGoOn.promise;
        return read;
      },
    }),
    () => {
      isOpening.resolve();
      return sending.promise;
    },
  );

  // Sam comes when nobody unlocks yet, and then is slow.
  const second = unlockIn(sam, lock);
  await isOpening.promise;
  const first = unlockIn(riley, lock);
  await hasRead.promise;
  mayDelete.resolve();
  const { outcome } = await first;
  mayGoOn.resolve();

  expect([outcome, (await second).outcome]).toEqual(["released", "already_gone"]);
  expect(world.deletes()).toBe(1);
});
