import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { AppError } from "#lib/services/errors.ts";
import { listAllLocks } from "#lib/services/locks/list-locks.ts";
import { startScan } from "#lib/services/sources/scan-sources.ts";
import {
  BUCKET,
  HOLDER_A,
  HOLDER_B,
  heldItem,
  holdDynamodb,
  holdS3,
  LOCK_KEY,
  lockText,
  notWaiting,
  openWorld,
  readAudit,
  STATE_KEY,
  type World,
} from "#lib/services/testing/world.ts";
import { forceUnlock } from "./force-unlock.ts";
import { reconcileUnlocks } from "./reconcile-unlocks.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
beforeEach(() => world.reset());
afterAll(() => world.close());

async function shownS3Lock() {
  holdS3(world, lockText(HOLDER_A));
  await world.scan();
  return world.onlyLock();
}

test("releases an S3 lock with If-Match and without a version, and records who, why and the raw bytes", async () => {
  const lock = await shownS3Lock();

  const unlock = await world.unlock(lock);

  expect(unlock.outcome).toBe("released");
  expect(world.sandbox.getObject(BUCKET, LOCK_KEY)).toBeNull();
  const [deletion] = world.sandbox.journal({ operation: "DeleteObject" });
  expect(deletion?.headers["if-match"]).toMatch(/^"?[0-9a-f]/);
  expect(deletion?.headers["x-amz-expected-bucket-owner"]).toBe("111122223333");
  expect(deletion?.principal?.role).toBe("unlock");
  const [intent, outcome] = (await readAudit(world)).filter((event) => event["unlockId"] === unlock.id);
  expect(intent).toMatchObject({ action: "unlock.intent", details: { reason: "the runner died, see the incident" } });
  expect(outcome).toMatchObject({ action: "unlock.outcome", details: { outcome: "released" } });
  expect(JSON.stringify(intent)).toContain(Buffer.from(lockText(HOLDER_A)).toString("base64"));
  expect(await listAllLocks(world.ctx)).toEqual([]);
});

test("releases the DynamoDB half before the S3 half, so that waiting runs see the pair whole", async () => {
  holdS3(world, lockText(HOLDER_A));
  await holdDynamodb(world, lockText(HOLDER_A));
  await world.scan();

  const unlock = await world.unlock(await world.onlyLock());

  expect(unlock.outcome).toBe("released");
  expect(unlock.halves.map((half) => [half.mechanism, half.outcome])).toEqual([
    ["dynamodb", "released"],
    ["s3", "released"],
  ]);
  const order = world.sandbox.journal({ isWrite: true }).map((entry) => entry.operation);
  expect(order).toEqual(["DeleteItem", "DeleteObject"]);
});

test("never touches the digest beside a lock", async () => {
  await holdDynamodb(world, lockText(HOLDER_A));
  const digest = { LockID: { S: `${BUCKET}/${STATE_KEY}-md5` }, Digest: { S: "d41d8cd98f00b204e9800998ecf8427e" } };
  await world.sandbox.putItem("111122223333", "eu-west-1", "terraform-locks", digest);
  await world.scan();

  await world.unlock(await world.onlyLock());

  expect(
    await world.sandbox.getItem("111122223333", "eu-west-1", "terraform-locks", `${BUCKET}/${STATE_KEY}-md5`),
  ).toEqual(digest);
});

test("deletes nothing and names the new holder when the lock changed before the click", async () => {
  const lock = await shownS3Lock();
  holdS3(world, lockText(HOLDER_B, { who: "sam@laptop" }));

  const unlock = await world.unlock(lock);

  expect(unlock.outcome).toBe("changed");
  expect(unlock.holderNow).toMatchObject({ lockId: HOLDER_B, who: "sam@laptop" });
  expect(world.deletes()).toBe(0);
});

test("deletes nothing when the item changed before the click", async () => {
  await holdDynamodb(world, lockText(HOLDER_A));
  await world.scan();
  const lock = await world.onlyLock();
  await holdDynamodb(world, lockText(HOLDER_B));

  const unlock = await world.unlock(lock);

  expect([unlock.outcome, unlock.holderNow?.lockId]).toEqual(["changed", HOLDER_B]);
  expect(world.deletes()).toBe(0);
});

test("deletes nothing when a scan saw the next holder before the person clicked", async () => {
  const shown = await shownS3Lock();
  holdS3(world, lockText(HOLDER_B));
  await world.scan();

  const unlock = await world.unlock(shown);

  expect([unlock.outcome, unlock.holderNow?.lockId]).toEqual(["changed", HOLDER_B]);
  expect(world.deletes()).toBe(0);
});

test.each([
  ["lock ID", { lockId: HOLDER_B }],
  ["absent lock ID", { lockId: null }],
  ["fingerprint", { fingerprint: "0".repeat(64) }],
])("deletes nothing when the %s that is echoed is not the one shown", async (_name, change) => {
  const lock = await shownS3Lock();

  expect((await world.unlock(lock, change)).outcome).toBe("changed");
  expect(world.deletes()).toBe(0);
});

test("deletes nothing when the lock changes between our read and our delete", async () => {
  const lock = await shownS3Lock();
  world.sandbox.onRequest((request, phase) => {
    if (request.operation === "DeleteObject" && phase === "before") holdS3(world, lockText(HOLDER_B));
  });

  const unlock = await world.unlock(lock);

  expect(unlock.outcome).toBe("changed");
  expect(unlock.holderNow?.lockId).toBe(HOLDER_B);
  expect(world.sandbox.getObject(BUCKET, LOCK_KEY)).not.toBeNull();
});

test("deletes nothing when the item changes between our read and our delete", async () => {
  await holdDynamodb(world, lockText(HOLDER_A));
  await world.scan();
  const lock = await world.onlyLock();
  world.sandbox.onRequest(async (request, phase) => {
    if (request.operation === "DeleteItem" && phase === "before") await holdDynamodb(world, lockText(HOLDER_B));
  });

  const unlock = await world.unlock(lock);

  expect(unlock.outcome).toBe("changed");
  expect(unlock.holderNow?.lockId).toBe(HOLDER_B);
  expect((await heldItem(world))?.["Info"]).toEqual({ S: lockText(HOLDER_B) });
});

test("says released, and who came next, when a waiting run takes the lock at once", async () => {
  const lock = await shownS3Lock();
  world.sandbox.onRequest((request, phase) => {
    if (request.operation === "DeleteObject" && phase === "after") holdS3(world, lockText(HOLDER_B));
  });

  const unlock = await world.unlock(lock);

  expect(unlock.outcome).toBe("released");
  expect(unlock.holderNow?.lockId).toBe(HOLDER_B);
});

test("says already gone when the holder released it first, and sends no delete", async () => {
  const lock = await shownS3Lock();
  world.sandbox.deleteObject(BUCKET, LOCK_KEY);

  expect((await world.unlock(lock)).outcome).toBe("already_gone");
  expect(world.deletes()).toBe(0);
});

test("leaves the S3 half alone when the DynamoDB half changed, and says so", async () => {
  holdS3(world, lockText(HOLDER_A));
  await holdDynamodb(world, lockText(HOLDER_A));
  await world.scan();
  const lock = await world.onlyLock();
  world.sandbox.onRequest(async (request, phase) => {
    if (request.operation === "DeleteItem" && phase === "before") await holdDynamodb(world, lockText(HOLDER_B));
  });

  const unlock = await world.unlock(lock);

  expect(unlock.outcome).toBe("changed");
  expect(unlock.halves.map((half) => half.outcome)).toEqual(["changed", "not_executed"]);
  expect(world.sandbox.getObject(BUCKET, LOCK_KEY)).not.toBeNull();
});

test("is partial when only one half can be deleted, and finishing it is a new unlock", async () => {
  holdS3(world, lockText(HOLDER_A));
  await holdDynamodb(world, lockText(HOLDER_A));
  await world.scan();
  const fault = world.sandbox.addFault({
    match: { operation: "DeleteObject" },
    effect: { kind: "status", status: 403, code: "AccessDenied" },
  });

  const first = await world.unlock(await world.onlyLock());
  world.sandbox.removeFault(fault);
  await world.scan();
  const rest = await world.onlyLock();
  const second = await world.unlock(rest);

  expect(first.outcome).toBe("partial");
  expect(rest.status).toBe("half");
  expect(second.outcome).toBe("released");
});

test("sends one delete for one idempotency key, however often it is asked", async () => {
  const lock = await shownS3Lock();

  const first = await world.unlock(lock, { idempotencyKey: "same-key" });
  const again = await world.unlock(lock, { idempotencyKey: "same-key" });

  expect(again).toEqual(first);
  expect(world.deletes()).toBe(1);
  await expect(
    world.unlock(lock, { idempotencyKey: "same-key", reason: "something else entirely" }),
  ).rejects.toMatchObject({ code: "invalid" });
});

test("lets one of many simultaneous unlocks through and sends one delete", async () => {
  const lock = await shownS3Lock();

  const results = await Promise.allSettled(Array.from({ length: 20 }, () => world.unlock(lock)));

  const outcomes = results.map((result) => (result.status === "fulfilled" ? result.value.outcome : result.reason.code));
  expect(outcomes.filter((outcome) => outcome === "released")).toHaveLength(1);
  // On a busy machine AWS does not answer all twenty in time: whoever could not read has sent nothing either.
  const safe = ["released", "in_progress", "already_gone", "changed", "not_executed"];
  expect(outcomes.filter((outcome) => !safe.includes(outcome))).toEqual([]);
  expect(world.deletes()).toBe(1);
});

test("refuses a second unlock while the first has no outcome, and keeps that on the record too", async () => {
  const lock = await shownS3Lock();
  world.sandbox.addFault({ match: { operation: "DeleteObject" }, effect: { kind: "drop-before" } });
  const first = await world.unlock(lock);

  await expect(world.unlock(lock, { idempotencyKey: "second" })).rejects.toMatchObject({ code: "in_progress" });

  expect(first.outcome).toBe("unknown");
  const second = await world.ctx.unlocks.findByIdempotencyKey(world.ctx.actor, "second");
  expect([second?.outcome, second?.intentAtMs]).toEqual(["refused", null]);
  expect(world.deletes()).toBe(1);
});

test("writes nothing to AWS when the database refuses the intent, and counts what could not be recorded", async () => {
  const lock = await shownS3Lock();
  const { ctx, failures } = withFailing("begin");

  const attempt = forceUnlock(ctx, { ...pick(lock), idempotencyKey: "k" });

  await expect(attempt).rejects.toMatchObject({ code: "unavailable" });
  expect(world.sandbox.journal({ isWrite: true })).toEqual([]);
  expect(failures()).toBe(1);
});

test("says unknown when the outcome cannot be recorded, counts each attempt, and leaves it to the reconciler", async () => {
  const lock = await shownS3Lock();
  const { ctx, failures } = withFailing("settle");

  const unlock = notWaiting(await forceUnlock(ctx, { ...pick(lock), idempotencyKey: "unrecorded" }));
  world.clock.advance(60_000);
  await reconcileUnlocks(world.ctx);

  expect([unlock.outcome, failures()]).toEqual(["unknown", 4]);
  expect((await world.ctx.unlocks.find(unlock.id))?.outcome).toBe("gone_unattributed");
  expect(world.deletes()).toBe(1);
});

test("answers nothing that is not on record, and counts what could not be", async () => {
  const lock = await shownS3Lock();
  world.sandbox.deleteObject(BUCKET, LOCK_KEY);
  const { ctx, failures } = withFailing("recordEnded");

  await expect(forceUnlock(ctx, { ...pick(lock), idempotencyKey: "gone" })).rejects.toMatchObject({
    code: "unavailable",
  });
  expect(failures()).toBe(1);
});

function pick({ key, lockId, fingerprint }: Awaited<ReturnType<typeof shownS3Lock>>) {
  return { key, lockId, fingerprint, reason: "the runner died long ago" };
}

/** A database that refuses one kind of write. */
function withFailing(write: "begin" | "settle" | "recordEnded") {
  let count = 0;
  const auditAppendFailed = () => {
    count += 1;
  };
  const refuse = () => Promise.reject(new AppError("no database", { code: "unavailable", hint: "" }));
  const unlocks = { ...world.ctx.unlocks, [write]: refuse };
  const counters = { ...world.ctx.counters, auditAppendFailed };
  return { ctx: { ...world.ctx, unlocks, counters }, failures: () => count };
}

test("calls a delete whose answer was lost unknown, then settles it by reading, with exactly one DELETE", async () => {
  const lock = await shownS3Lock();
  world.sandbox.addFault({ match: { operation: "DeleteObject" }, effect: { kind: "drop-after" } });

  const unlock = await world.unlock(lock);
  const tooEarly = await reconcileUnlocks(world.ctx);
  world.clock.advance(60_000);
  const inTime = await reconcileUnlocks({ ...world.ctx, actor: { kind: "system", name: "reconciler" } });

  expect(unlock.outcome).toBe("unknown");
  expect(tooEarly.settled).toBe(0);
  expect(inTime.settled).toBe(1);
  expect((await world.ctx.unlocks.find(unlock.id))?.outcome).toBe("gone_unattributed");
  expect(world.deletes()).toBe(1);
});

test("settles a delete that never arrived as not executed, and leaves the lock", async () => {
  const lock = await shownS3Lock();
  world.sandbox.addFault({ match: { operation: "DeleteObject" }, effect: { kind: "drop-before" } });

  const unlock = await world.unlock(lock);
  world.clock.advance(60_000);
  await reconcileUnlocks(world.ctx);

  expect((await world.ctx.unlocks.find(unlock.id))?.outcome).toBe("not_executed");
  expect(world.sandbox.getObject(BUCKET, LOCK_KEY)).not.toBeNull();
  expect(world.deletes()).toBe(1);
});

test("settles an intent whose process died before its delete was sent, and sends none itself", async () => {
  const lock = await shownS3Lock();
  const openSession: typeof world.ctx.gateway.openSession = async (input) => ({
    ...(await world.ctx.gateway.openSession(input)),
    deleteHalf: () => new Promise(() => undefined),
  });
  const dying = { ...world.ctx, gateway: { ...world.ctx.gateway, openSession } };
  const { key, lockId, fingerprint } = lock;
  void forceUnlock(dying, { key, lockId, fingerprint, reason: "the runner died long ago", idempotencyKey: "dying" });
  const findRecord = () => world.ctx.unlocks.findByIdempotencyKey(world.ctx.actor, "dying");
  await expect.poll(async () => (await findRecord())?.outcome, { interval: 10 }).toBe("unknown");

  world.clock.advance(60_000);
  await reconcileUnlocks(world.ctx);

  expect((await findRecord())?.outcome).toBe("not_executed");
  expect(world.deletes()).toBe(0);
  expect(world.sandbox.getObject(BUCKET, LOCK_KEY)).not.toBeNull();
});

test("adds nothing to the trail while an unknown outcome cannot be read, and settles it once it can", async () => {
  const lock = await shownS3Lock();
  world.sandbox.addFault({ match: { operation: "DeleteObject" }, effect: { kind: "drop-after" } });
  const unlock = await world.unlock(lock);
  const unreadable = world.sandbox.addFault({
    match: { operation: "GetObject", role: "scan" },
    effect: { kind: "status", status: 403, code: "AccessDenied" },
  });
  world.clock.advance(60_000);
  const before = (await readAudit(world)).length;

  for (let round = 0; round < 3; round += 1) await reconcileUnlocks(world.ctx);
  const during = (await readAudit(world)).length;
  world.sandbox.removeFault(unreadable);
  await reconcileUnlocks(world.ctx);

  expect(during).toBe(before);
  expect((await world.ctx.unlocks.find(unlock.id))?.outcome).toBe("gone_unattributed");
});

test("does not believe a portal that answers 200 to the delete", async () => {
  const lock = await shownS3Lock();
  world.sandbox.addFault({ match: { operation: "DeleteObject" }, effect: { kind: "answer-200" } });

  expect((await world.unlock(lock)).outcome).toBe("unknown");
});

test("refuses a lock seen once with another ID in its other half: it may be a waiting run's knock", async () => {
  await holdDynamodb(world, lockText(HOLDER_A));
  await world.scan();
  holdS3(world, lockText(HOLDER_B));
  await world.scan();
  const lock = await world.onlyLock();

  const unlock = await world.unlock(lock);

  expect(lock.status).toBe("contended");
  expect(unlock.outcome).toBe("refused");
  expect(world.deletes()).toBe(0);
});

test("takes the place from where the lock was found, never from its Path", async () => {
  world.sandbox.putObject(BUCKET, "other/terraform.tfstate.tflock", lockText(HOLDER_B));
  holdS3(world, lockText(HOLDER_A, { path: `${BUCKET}/other/terraform.tfstate` }));
  await world.scan();
  const lock = (await listAllLocks(world.ctx)).find((candidate) => candidate.lockId === HOLDER_A);
  if (lock === undefined) throw new Error("the lock was not found");

  await world.unlock(lock);

  expect(world.sandbox.getObject(BUCKET, "other/terraform.tfstate.tflock")).not.toBeNull();
  expect(world.sandbox.getObject(BUCKET, LOCK_KEY)).toBeNull();
});

test.each([
  ["an empty body", () => holdS3(world, "")],
  ["a body that is not JSON", () => holdS3(world, "not json")],
  [
    "an item without Info",
    () =>
      world.sandbox.putItem("111122223333", "eu-west-1", "terraform-locks", {
        LockID: { S: `${BUCKET}/${STATE_KEY}` },
      }),
  ],
  ["an ID that is not text", () => holdS3(world, '{"ID":123}')],
])("releases what Terraform itself cannot: %s", async (_name, hold) => {
  await hold();
  await world.scan();
  const lock = await world.onlyLock();

  const unlock = await world.unlock(lock);

  expect([lock.status, lock.lockId, unlock.outcome]).toEqual(["malformed", null, "released"]);
});

test("answers a key that was never seen with not found, and a lock that is gone with already gone", async () => {
  const lock = await shownS3Lock();
  world.sandbox.deleteObject(BUCKET, LOCK_KEY);
  await world.scan();

  expect((await world.unlock(lock)).outcome).toBe("already_gone");
  await expect(world.unlock(lock, { key: "0".repeat(40) })).rejects.toMatchObject({ code: "not_found" });
});

test("releases a lock whose text the scan may not read, guarded by its ETag", async () => {
  world.sandbox.addFault({
    match: { operation: "GetObject", role: "scan" },
    effect: { kind: "status", status: 403, code: "AccessDenied" },
  });
  const lock = await shownS3Lock();

  const unlock = await world.unlock(lock);

  expect([lock.status, lock.lockId, unlock.outcome]).toEqual(["unreadable", null, "released"]);
  expect(Buffer.from(unlock.halves[0]?.raw ?? []).toString()).toBe(lockText(HOLDER_A));
});

test("deletes nothing of an unreadable lock that was replaced since it was shown", async () => {
  world.sandbox.addFault({
    match: { operation: "GetObject", role: "scan" },
    effect: { kind: "status", status: 403, code: "AccessDenied" },
  });
  const lock = await shownS3Lock();
  holdS3(world, lockText(HOLDER_B));

  expect((await world.unlock(lock)).outcome).toBe("changed");
  expect(world.deletes()).toBe(0);
});

test.each([
  ["the unlock role cannot be assumed", "AssumeRole"],
  ["the unlock role may not read", "GetObject"],
  ["the unlock role may not delete", "DeleteObject"],
])("is refused, on the record and with nothing deleted, when %s", async (_name, operation) => {
  const lock = await shownS3Lock();
  world.sandbox.addFault({
    match: { operation, role: "unlock" },
    effect: { kind: "status", status: 403, code: "AccessDenied" },
  });

  const unlock = await world.unlock(lock);

  expect(unlock.outcome).toBe("refused");
  expect((await world.ctx.unlocks.find(unlock.id))?.outcome).toBe("refused");
  expect(world.sandbox.getObject(BUCKET, LOCK_KEY)).not.toBeNull();
});

test("leaves the older versions of a lock where they are in a versioned bucket", async () => {
  const name = "versioned-tfstate";
  world.sandbox.createBucket({ accountId: "111122223333", name, region: "eu-west-1", versioning: "enabled" });
  const [source] = world.ctx.sources;
  if (source === undefined) throw new Error("the world has no source");
  const ctx = { ...world.ctx, sources: [{ ...source, id: "s3:versioned", name }] };
  for (const holder of [HOLDER_B, HOLDER_A]) world.sandbox.putObject(name, LOCK_KEY, lockText(holder));
  await startScan(ctx, { sourceId: null }).done;
  const [lock] = await listAllLocks(ctx);
  if (lock === undefined) throw new Error("the lock was not found");

  const unlock = await forceUnlock(ctx, { ...lock, reason: "the runner died long ago", idempotencyKey: "versioned" });

  expect(unlock.outcome).toBe("released");
  expect(world.sandbox.listVersions(name, LOCK_KEY).map((version) => version.isDeleteMarker)).toEqual([
    true,
    false,
    false,
  ]);
});
