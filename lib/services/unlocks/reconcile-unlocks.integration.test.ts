import { afterAll, beforeAll, beforeEach, expect, expectTypeOf, test } from "vitest";
import type { Lock } from "#lib/domain/lock.ts";
import { formatSourceId, type Source } from "#lib/domain/source.ts";
import type { Unlock } from "#lib/domain/unlock.ts";
import { listAllLocks } from "#lib/services/locks/list-locks.ts";
import type { Context } from "#lib/services/ports/context.ts";
import { startScan } from "#lib/services/sources/scan-sources.ts";
import {
  ACCOUNT_ID,
  BUCKET,
  HOLDER_A,
  HOLDER_B,
  holdDynamodb,
  holdS3,
  LOCK_KEY,
  lockText,
  notWaiting,
  openWorld,
  REGION,
  readAudit,
  type World,
} from "#lib/services/testing/world.ts";
import { forceUnlock } from "./force-unlock.ts";
import { type ReconcileContext, reconcileUnlocks } from "./reconcile-unlocks.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
beforeEach(() => world.reset());
afterAll(() => world.close());

/** After this, nothing that an unlock of one half sent can still arrive. */
const OVER_MS = 37_000;
const RECONCILER = { kind: "system", name: "reconciler" } as const;

let buckets = 0;

/** A world with one versioned bucket of its own, in an account of its own name. */
function versionedBucket(): { ctx: Context; bucket: string } {
  buckets += 1;
  const [first] = world.ctx.sources;
  if (first === undefined) throw new Error("the world has no source");
  const name = `versioned-${buckets}`;
  world.sandbox.createBucket({ accountId: ACCOUNT_ID, name, region: REGION, versioning: "enabled" });
  const account = { ...first.account, name: `account-${buckets}` };
  const source: Source = { ...first, account, name, id: formatSourceId({ ...first, name, account: account.name }) };
  return { ctx: { ...world.ctx, sources: [source] }, bucket: name };
}

async function onlyLock(ctx: Context): Promise<Lock> {
  await startScan(ctx, { sourceId: null }).done;
  const [lock] = await listAllLocks(ctx);
  if (lock === undefined) throw new Error("no lock was found");
  return lock;
}

/** Unlocks, but what AWS answers to the delete is lost: `drop-after` once it is done, `drop-before` with nothing done. */
async function unlockWithLostAnswer(ctx: Context, kind: "drop-after" | "drop-before"): Promise<Unlock> {
  const lock = await onlyLock(ctx);
  const fault = world.sandbox.addFault({ match: { operation: "DeleteObject" }, effect: { kind } });
  const { key, lockId, fingerprint } = lock;
  const reason = "the runner died, see the incident";
  const asked = { key, lockId, fingerprint, reason, idempotencyKey: crypto.randomUUID() };
  const unlock = notWaiting(await forceUnlock(ctx, asked));
  world.sandbox.removeFault(fault);
  expect(unlock.outcome).toBe("unknown");
  return unlock;
}

async function reconcile(ctx: Context) {
  const result = await reconcileUnlocks({ ...ctx, actor: RECONCILER });
  const find = async (unlock: Unlock) => {
    const found = await ctx.unlocks.find(unlock.id);
    return { outcome: found?.outcome, half: found?.halves[0], holderNow: found?.holderNow };
  };
  return { result, find };
}

test("says released where a versioned bucket's history proves that the lock was removed within the time of the unlock", async () => {
  const { ctx, bucket } = versionedBucket();
  world.sandbox.putObject(bucket, LOCK_KEY, lockText(HOLDER_A));
  const unlock = await unlockWithLostAnswer(ctx, "drop-after");

  world.clock.advance(OVER_MS);
  const { find } = await reconcile(ctx);

  const { outcome, half } = await find(unlock);
  expect(outcome).toBe("released");
  expect(half?.detail).toMatch(/delete marker of 20\d\d-.* over exactly the version that was read/);
  expect(world.deletes()).toBe(1);
  expect(await listAllLocks(ctx)).toEqual([]);
  const settled = (await readAudit(world)).filter((event) => event["unlockId"] === unlock.id).at(-1);
  expect(settled).toMatchObject({ action: "unlock.settled", details: { outcome: "released" } });
});

test("claims nothing that somebody else removed after the time of the unlock", async () => {
  const { ctx, bucket } = versionedBucket();
  world.sandbox.putObject(bucket, LOCK_KEY, lockText(HOLDER_A));
  const unlock = await unlockWithLostAnswer(ctx, "drop-before");

  world.clock.advance(OVER_MS);
  world.sandbox.deleteObject(bucket, LOCK_KEY);
  const { find } = await reconcile(ctx);

  const { outcome, half } = await find(unlock);
  expect(outcome).toBe("gone_unattributed");
  expect(half?.detail).toContain("outside the time of this unlock");
});

test("claims nothing where another lock stands now, and names its holder", async () => {
  const { ctx, bucket } = versionedBucket();
  world.sandbox.putObject(bucket, LOCK_KEY, lockText(HOLDER_A));
  const unlock = await unlockWithLostAnswer(ctx, "drop-after");

  world.sandbox.putObject(bucket, LOCK_KEY, lockText(HOLDER_B));
  world.clock.advance(OVER_MS);
  const { find } = await reconcile(ctx);

  const { outcome, holderNow } = await find(unlock);
  expect([outcome, holderNow?.lockId]).toEqual(["gone_unattributed", HOLDER_B]);
});

test("takes the same bytes for another lock when they were put there anew", async () => {
  const { ctx, bucket } = versionedBucket();
  world.sandbox.putObject(bucket, LOCK_KEY, lockText(HOLDER_A));
  const unlock = await unlockWithLostAnswer(ctx, "drop-after");

  world.sandbox.putObject(bucket, LOCK_KEY, lockText(HOLDER_A));
  world.clock.advance(OVER_MS);
  const { find } = await reconcile(ctx);

  expect((await find(unlock)).outcome).toBe("gone_unattributed");
});

test("says why it cannot tell who removed the lock of a bucket without history", async () => {
  holdS3(world, lockText(HOLDER_A));
  const unlock = await unlockWithLostAnswer(world.ctx, "drop-after");

  world.clock.advance(OVER_MS);
  const { find } = await reconcile(world.ctx);

  const { outcome, half } = await find(unlock);
  expect(outcome).toBe("gone_unattributed");
  expect(half?.detail).toMatch(/cannot be told\. The bucket's history does not show this lock/);
});

test("asks no history for an intent that has no time of AWS", async () => {
  const { ctx, bucket } = versionedBucket();
  world.sandbox.putObject(bucket, LOCK_KEY, lockText(HOLDER_A));
  const openSession: Context["gateway"]["openSession"] = async (input) => {
    const session = await ctx.gateway.openSession(input);
    return { ...session, readHalf: async (address) => withoutDate(await session.readHalf(address)) };
  };
  const unlock = await unlockWithLostAnswer({ ...ctx, gateway: { ...ctx.gateway, openSession } }, "drop-after");

  world.clock.advance(OVER_MS);
  const { find } = await reconcile(ctx);

  const { outcome, half } = await find(unlock);
  expect(outcome).toBe("gone_unattributed");
  expect(half?.detail).toContain("AWS gave no time");
  expect(world.sandbox.journal({ operation: "ListObjectVersions" })).toEqual([]);
});

test("reads each open half once, and settles nothing before its time is over", async () => {
  holdS3(world, lockText(HOLDER_A));
  await unlockWithLostAnswer(world.ctx, "drop-before");
  const reads = () => world.sandbox.journal({ operation: "GetObject" }).length;
  const before = reads();

  world.clock.advance(OVER_MS - 7_000);
  const { result } = await reconcile(world.ctx);

  expect(result).toEqual({ led: true, settled: 0, unsettled: 1 });
  expect(reads() - before).toBe(1);
});

test("settles the halves of a pair that went unanswered, each by what is there", async () => {
  holdS3(world, lockText(HOLDER_A));
  await holdDynamodb(world, lockText(HOLDER_A));
  await world.scan();
  world.sandbox.addFault({ match: { operation: "DeleteItem" }, effect: { kind: "drop-before" } });
  const unlock = await world.unlock(await world.onlyLock());

  world.clock.advance(OVER_MS + 10_000);
  await reconcile(world.ctx);

  const found = await world.ctx.unlocks.find(unlock.id);
  expect([found?.outcome, ...(found?.halves ?? []).map((half) => half.outcome)]).toEqual([
    "not_executed",
    "not_executed",
    "not_executed",
  ]);
  expect(world.sandbox.getObject(BUCKET, LOCK_KEY)).not.toBeNull();
});

test("does nothing while another process leads, and says so", async () => {
  holdS3(world, lockText(HOLDER_A));
  const unlock = await unlockWithLostAnswer(world.ctx, "drop-after");
  world.clock.advance(OVER_MS);
  const led = Promise.withResolvers<void>();
  const over = Promise.withResolvers<void>();
  const leading = world.ctx.leadership.lead("reconcile-unlocks", () => {
    led.resolve();
    return over.promise;
  });
  await led.promise;
  world.sandbox.clearJournal();

  const { result, find } = await reconcile(world.ctx);

  expect(result).toEqual({ led: false, settled: 0, unsettled: 0 });
  expect((await find(unlock)).outcome).toBe("unknown");
  expect(world.sandbox.journal()).toEqual([]);
  over.resolve();
  await leading;
});

test("has no delete in reach", async () => {
  holdS3(world, lockText(HOLDER_A));
  await unlockWithLostAnswer(world.ctx, "drop-before");
  world.clock.advance(OVER_MS);
  const { gateway: _unreachable, ...readers } = world.ctx;

  const { settled } = await reconcileUnlocks(readers);

  expectTypeOf<ReconcileContext>().not.toHaveProperty("gateway");
  expect(settled).toBe(1);
});

test("keeps nobody waiting for an account that hangs", async () => {
  const hanging = versionedBucket();
  const other = versionedBucket();
  const both = { ...world.ctx, sources: [...hanging.ctx.sources, ...other.ctx.sources] };
  for (const { bucket } of [hanging, other]) world.sandbox.putObject(bucket, LOCK_KEY, lockText(HOLDER_A));
  const unlocks = [
    await unlockWithLostAnswer(hanging.ctx, "drop-before"),
    await unlockWithLostAnswer(other.ctx, "drop-before"),
  ];
  world.clock.advance(OVER_MS);
  const fault = world.sandbox.addFault({ match: { bucket: hanging.bucket }, effect: { kind: "hang" } });

  const looking = reconcile(both);
  const outcome = async () => (await both.unlocks.find(unlocks[1]?.id ?? ""))?.outcome;
  await expect.poll(outcome, { interval: 20, timeout: 3_000 }).toBe("not_executed");

  expect((await looking).result).toEqual({ led: true, settled: 1, unsettled: 1 });
  world.sandbox.removeFault(fault);
});

function withoutDate<Read extends object>(read: Read): Read {
  return "awsDateMs" in read ? { ...read, awsDateMs: null } : read;
}
