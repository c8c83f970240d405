import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { getLock } from "#lib/services/locks/get-lock.ts";
import { listLocks } from "#lib/services/locks/list-locks.ts";
import type { Context } from "#lib/services/ports/context.ts";
import { startScan } from "#lib/services/sources/scan-sources.ts";
import { createTestContext } from "#lib/services/testing/test-context.ts";
import {
  BUCKET,
  HOLDER_A,
  HOLDER_B,
  holdDynamodb,
  holdS3,
  LOCK_KEY,
  lockText,
  notWaiting,
  openWorld,
  readAudit,
  type World,
} from "#lib/services/testing/world.ts";
import { forceUnlock } from "#lib/services/unlocks/force-unlock.ts";
import { reconcileUnlocks } from "#lib/services/unlocks/reconcile-unlocks.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
beforeEach(() => world.reset());
afterAll(() => world.close());

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const LIST = { filter: {}, limit: 100, cursor: null } as const;
const REASON = "the runner died, see the incident";

/** A process on the same database and the same AWS, whose own clock is wrong by so much. */
function processWithClock(wrongByMs: number): Context {
  const now = () => world.ctx.now() + wrongByMs;
  const skippedMs = () => now() - Date.now();
  const ctx = createTestContext({ endpoint: world.sandbox.s3Url, stores: world.database.stores, skippedMs });
  return { ...ctx, monotonicMs: world.ctx.monotonicMs };
}

async function scanAndShow(ctx: Context) {
  // Two processes agree on AWS's time to some seconds.
  world.clock.advance(10_000);
  await startScan(ctx, { sourceId: null }).done;
  const [lock, ...others] = (await listLocks(ctx, LIST)).locks;
  if (lock === undefined || others.length > 0) throw new Error("one lock was expected");
  return lock;
}

async function unlockShown(ctx: Context, lock: Awaited<ReturnType<typeof scanAndShow>>) {
  const { key, lockId, fingerprint } = lock;
  const asked = { key, lockId, fingerprint, reason: REASON, idempotencyKey: crypto.randomUUID() };
  return notWaiting(await forceUnlock(ctx, asked));
}

/** Commits the intent, then does something before anything is sent. */
function afterIntent(ctx: Context, act: () => void): Context {
  const begin: Context["unlocks"]["begin"] = async (...args) => {
    const begun = await ctx.unlocks.begin(...args);
    act();
    return begun;
  };
  return { ...ctx, unlocks: { ...ctx.unlocks, begin } };
}

const WRONG_CLOCKS = [
  ["an hour ahead", HOUR_MS],
  ["an hour behind", -HOUR_MS],
] as const;

describe.each(WRONG_CLOCKS)("F16: our clock is %s", (_, wrongByMs) => {
  test("F16: the ages shown are of AWS's clock", async () => {
    const takenAtMs = world.ctx.now() - 10 * MINUTE_MS;
    const text = lockText(HOLDER_A, { created: new Date(takenAtMs).toISOString() });
    world.sandbox.putObject(BUCKET, LOCK_KEY, text, { lastModifiedMs: takenAtMs });
    const ctx = processWithClock(wrongByMs);

    const lock = await scanAndShow(ctx);
    const detail = await getLock(ctx, lock.key);
    const { asOf } = await listLocks(ctx, LIST);

    for (const ageMs of [lock.ageMs, detail.lock?.ageMs]) {
      expect(ageMs).toBeGreaterThan(10 * MINUTE_MS - 5_000);
      expect(ageMs).toBeLessThan(10 * MINUTE_MS + 30_000);
    }
    expect(lock.hasClockSkew).toBe(false);
    expect(Math.abs(Date.parse(asOf) - world.ctx.now())).toBeLessThan(5_000);
  });

  test("F16: an unlock runs as ever, and its events stand in the order of their numbers", async () => {
    holdS3(world, lockText(HOLDER_A));
    await holdDynamodb(world, lockText(HOLDER_A));
    const ctx = processWithClock(wrongByMs);

    const unlock = await unlockShown(ctx, await scanAndShow(ctx));

    expect(unlock.outcome).toBe("released");
    expect(world.deletes()).toBe(2);
    const events = (await readAudit(world)).filter((event) => event["unlockId"] === unlock.id);
    expect(events.map((event) => event["action"])).toEqual(["unlock.intent", "unlock.outcome"]);
  });

  test("F16: a process with the right clock settles its intent neither early nor late", async () => {
    holdS3(world, lockText(HOLDER_A));
    const ctx = processWithClock(wrongByMs);
    const lock = await scanAndShow(ctx);
    world.sandbox.addFault({ match: { operation: "DeleteObject" }, effect: { kind: "drop-before" } });
    const unlock = await unlockShown(ctx, lock);

    await expectSettledInTime(world.ctx, unlock.id);
  });

  test("F16: it settles the intent of a process with the right clock neither early nor late", async () => {
    holdS3(world, lockText(HOLDER_A));
    world.sandbox.addFault({ match: { operation: "DeleteObject" }, effect: { kind: "drop-before" } });
    const unlock = await unlockShown(world.ctx, await scanAndShow(world.ctx));

    await expectSettledInTime(processWithClock(wrongByMs), unlock.id);
  });

  test("F16: a jump of it between intent and delete neither stops the delete nor hastens the outcome", async () => {
    holdS3(world, lockText(HOLDER_A));
    let wrongNowMs = 0;
    const ctx: Context = { ...world.ctx, now: () => world.ctx.now() + wrongNowMs };
    const lock = await scanAndShow(ctx);

    const unlock = await unlockShown(
      afterIntent(ctx, () => {
        wrongNowMs = wrongByMs;
      }),
      lock,
    );

    expect(unlock.outcome).toBe("released");
    expect(world.deletes()).toBe(1);
  });

  test("F16: no delete is sent after its time, whatever the clock on the wall says by then", async () => {
    holdS3(world, lockText(HOLDER_A));
    const lock = await scanAndShow(world.ctx);
    let suspendedMs = 0;
    const sleeping: Context = {
      ...world.ctx,
      now: () => world.ctx.now() + (suspendedMs === 0 ? 0 : wrongByMs),
      monotonicMs: () => world.ctx.monotonicMs() + suspendedMs,
    };

    const unlock = await unlockShown(
      afterIntent(sleeping, () => {
        suspendedMs = 5_001;
      }),
      lock,
    );

    expect(unlock.outcome).toBe("not_executed");
    expect(unlock.halves[0]?.detail).toContain("had passed before the delete was sent");
    expect(world.deletes()).toBe(0);
  });

  test("F16: what is taken and released after it was set right is seen at the next sweep", async () => {
    const before = processWithClock(wrongByMs);
    holdS3(world, lockText(HOLDER_A));
    await scanAndShow(before);
    world.sandbox.deleteObject(BUCKET, LOCK_KEY);
    await holdDynamodb(world, lockText(HOLDER_B));

    const lock = await scanAndShow(world.ctx);

    expect(lock.lockId).toBe(HOLDER_B);
  });
});

test.each(WRONG_CLOCKS)(
  "F16: AWS refuses requests because our clock is %s: that is said, and nothing is deleted",
  async (_, wrongByMs) => {
    holdS3(world, lockText(HOLDER_A));
    const lock = await scanAndShow(world.ctx);
    // The clients sign with this machine's clock, so it is AWS's that must be wrong.
    world.sandbox.setClockOffsetMs(-wrongByMs);
    world.sandbox.setSkewRefused(true);

    const unlock = await unlockShown(world.ctx, lock);
    world.sandbox.setSkewRefused(false);
    world.clock.advance(0);

    expect(unlock.outcome).toBe("not_executed");
    expect(unlock.halves[0]?.detail).toMatch(/clock/);
    expect(world.deletes()).toBe(0);
  },
);

/** Nothing is decided 30 seconds after an intent of one half, and everything after 37. */
async function expectSettledInTime(ctx: Context, unlockId: string): Promise<void> {
  const settle = async () =>
    (await reconcileUnlocks({ ...ctx, actor: { kind: "system", name: "reconciler" } })).settled;
  const outcome = async () => (await world.ctx.unlocks.find(unlockId))?.outcome;
  expect([await settle(), await outcome()]).toEqual([0, "unknown"]);
  world.clock.advance(30_000);
  expect([await settle(), await outcome()]).toEqual([0, "unknown"]);
  world.clock.advance(7_000);
  expect([await settle(), await outcome()]).toEqual([1, "not_executed"]);
  expect(world.deletes()).toBe(1);
}
