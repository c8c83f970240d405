import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { Unlock } from "#lib/domain/unlock.ts";
import { AppError } from "#lib/services/errors.ts";
import { getUnlock } from "#lib/services/list-unlocks.ts";
import type { Context, RestoreSession } from "#lib/services/ports.ts";
import { reconcileUnlocks } from "#lib/services/reconcile-unlocks.ts";
import { runRestoreInterleavings } from "#lib/services/testing/restore-interleavings.ts";
import {
  holdAs,
  listPuts,
  type Mechanisms,
  PAST_DEADLINE_MS,
  restore,
  settleRestores,
  unlockForRestore,
} from "#lib/services/testing/restoring.ts";
import { OWN_KEY, REGION } from "#lib/services/testing/test-context.ts";
import {
  ACCOUNT_ID,
  BUCKET,
  HOLDER_A,
  HOLDER_B,
  heldItem,
  holdDynamodb,
  holdS3,
  LOCK_ID,
  LOCK_KEY,
  lockText,
  openWorld,
  readAudit,
  TABLE,
  type World,
} from "#lib/services/testing/world.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
beforeEach(async () => {
  await settleRestores(world);
  await world.reset();
});
afterAll(() => world.close());

const heldObject = () => {
  const object = world.sandbox.getObject(BUCKET, LOCK_KEY);
  return object === null ? null : Buffer.from(object.body).toString();
};
const heldInfo = async () => (await heldItem(world))?.["Info"];
const outcomesOf = (unlock: { halves: Unlock["halves"] | readonly { mechanism: string; outcome: string }[] }) =>
  unlock.halves.map((half) => `${half.mechanism} ${half.outcome}`);

/** Does something just before AWS carries out the put. */
function beforePut(operation: "PutObject" | "PutItem", act: () => void | Promise<void>): void {
  world.sandbox.onRequest(async (request, phase) => {
    if (request.operation === operation && phase === "before") await act();
  });
}

test("F21: creates the same bytes again, under a role of its own, and records who, why, what and the outcome", async () => {
  const unlock = await unlockForRestore(world, "s3");

  const done = await restore(world, unlock, { reason: "the run was alive after all" });

  expect(done.outcome).toBe("restored");
  expect(heldObject()).toBe(lockText(HOLDER_A));
  const [put, ...others] = listPuts(world);
  expect(others).toEqual([]);
  expect(put?.headers["if-none-match"]).toBe("*");
  expect(put?.headers["x-amz-expected-bucket-owner"]).toBe(ACCOUNT_ID);
  expect(put?.principal?.role).toBe("restore");
  const events = (await readAudit(world)).filter((event) => event["unlockId"] === unlock.id).slice(-2);
  const raw = Buffer.from(lockText(HOLDER_A)).toString("base64");
  expect(events).toMatchObject([
    {
      action: "restore.intent",
      actor: { name: "riley" },
      details: { restoreId: done.id, reason: "the run was alive after all", halves: [{ rawBase64: raw }] },
    },
    { action: "restore.outcome", details: { restoreId: done.id, outcome: "restored" } },
  ]);
});

test("F21: puts the S3 half of a pair before the DynamoDB half, the order in which Terraform locks", async () => {
  const unlock = await unlockForRestore(world, "both");

  const done = await restore(world, unlock);

  expect(done.outcome).toBe("restored");
  expect(outcomesOf(done)).toEqual(["s3 restored", "dynamodb restored"]);
  expect(listPuts(world).map((entry) => entry.operation)).toEqual(["PutObject", "PutItem"]);
  expect(listPuts(world)[1]?.body).toContain("attribute_not_exists");
  expect([heldObject(), await heldInfo()]).toEqual([lockText(HOLDER_A), { S: lockText(HOLDER_A) }]);
});

test("F21: a restored lock is listed, and can be unlocked and undone again", async () => {
  const first = await unlockForRestore(world, "both");
  await restore(world, first);
  await world.scan();

  const lock = await world.onlyLock();
  const second = await world.unlock(lock);
  world.clock.advance(PAST_DEADLINE_MS);
  const again = await restore(world, second);

  expect([lock.lockId, second.outcome, again.outcome]).toEqual([HOLDER_A, "released", "restored"]);
  await expect(restore(world, first)).rejects.toMatchObject({ code: "invalid" });
});

test("F21: keeps the type, the metadata and the encryption of the object", async () => {
  const { accessKeyId, secretAccessKey } = OWN_KEY;
  const credentials = { accessKeyId, secretAccessKey };
  const s3 = new S3Client({ region: REGION, endpoint: world.sandbox.s3Url, forcePathStyle: true, credentials });
  holdS3(world, "");
  const Body = Buffer.from(lockText(HOLDER_A));
  const facts = { ContentType: "application/json", Metadata: { tool: "terraform" } };
  const encryption = {
    ServerSideEncryption: "aws:kms",
    SSEKMSKeyId: "arn:aws:kms:eu-west-1:111122223333:key/locks",
  } as const;
  await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: LOCK_KEY, Body, ...facts, ...encryption }));
  s3.destroy();
  await world.scan();
  const unlock = await world.unlock(await world.onlyLock());
  world.clock.advance(PAST_DEADLINE_MS);
  world.sandbox.clearJournal();

  const done = await restore(world, unlock);

  expect(done.outcome).toBe("restored");
  expect(listPuts(world)[0]?.headers).toMatchObject({
    "content-type": "application/json",
    "x-amz-meta-tool": "terraform",
    "x-amz-server-side-encryption": "aws:kms",
    "x-amz-server-side-encryption-aws-kms-key-id": encryption.SSEKMSKeyId,
  });
  expect(heldObject()).toBe(lockText(HOLDER_A));
});

test.each([
  ["an empty body", () => holdS3(world, ""), () => expect(heldObject()).toBe("")],
  [
    "bytes that are no text",
    () => holdS3(world, Uint8Array.of(0, 255, 13, 10)),
    () => expect([...(world.sandbox.getObject(BUCKET, LOCK_KEY)?.body ?? [])]).toEqual([0, 255, 13, 10]),
  ],
  [
    "an item without Info, with a field of its own",
    () => world.sandbox.putItem(ACCOUNT_ID, REGION, TABLE, { LockID: { S: LOCK_ID }, Note: { N: "12.50" } }),
    async () => expect(await heldItem(world)).toMatchObject({ LockID: { S: LOCK_ID }, Note: { N: "12.5" } }),
  ],
])("F21: restores what Terraform itself could not write: %s", async (_name, hold, check) => {
  await hold();
  await world.scan();
  const unlock = await world.unlock(await world.onlyLock());
  world.clock.advance(PAST_DEADLINE_MS);

  const done = await restore(world, unlock);

  expect(done.outcome).toBe("restored");
  await check();
});

test("F21: of a partial unlock only the half that we removed comes back", async () => {
  await holdAs(world, "both");
  await world.scan();
  const fault = world.sandbox.addFault({
    match: { operation: "DeleteObject" },
    effect: { kind: "status", status: 403, code: "AccessDenied" },
  });
  const unlock = await world.unlock(await world.onlyLock());
  world.sandbox.removeFault(fault);
  world.clock.advance(PAST_DEADLINE_MS);

  const done = await restore(world, unlock);

  expect([unlock.outcome, done.outcome]).toEqual(["partial", "restored"]);
  expect(outcomesOf(done)).toEqual(["dynamodb restored"]);
  expect(await heldInfo()).toEqual({ S: lockText(HOLDER_A) });
});

test("F21: of a partial unlock nothing comes back once somebody has locked the half that was left", async () => {
  await holdAs(world, "both");
  await world.scan();
  const fault = world.sandbox.addFault({
    match: { operation: "DeleteObject" },
    effect: { kind: "status", status: 403, code: "AccessDenied" },
  });
  const unlock = await world.unlock(await world.onlyLock());
  world.sandbox.removeFault(fault);
  world.clock.advance(PAST_DEADLINE_MS);
  holdS3(world, lockText(HOLDER_B));

  expect((await restore(world, unlock)).outcome).toBe("changed");
  expect(listPuts(world)).toEqual([]);
  expect(heldObject()).toBe(lockText(HOLDER_B));
});

test.each<[Mechanisms, Mechanisms]>([
  ["s3", "s3"],
  ["dynamodb", "dynamodb"],
  ["both", "s3"],
  ["both", "dynamodb"],
])("F21: writes nothing of %s when somebody has locked %s before the restore reads", async (removed, taken) => {
  const unlock = await unlockForRestore(world, removed);
  await holdAs(world, taken, lockText(HOLDER_B));

  const done = await restore(world, unlock);

  expect(done.outcome).toBe("changed");
  expect(done.intentAtMs).toBeNull();
  expect(listPuts(world)).toEqual([]);
  expect(taken === "s3" ? heldObject() : await heldInfo()).toEqual(
    taken === "s3" ? lockText(HOLDER_B) : { S: lockText(HOLDER_B) },
  );
  const [event] = (await readAudit(world)).slice(-1);
  expect(event).toMatchObject({ action: "restore.refused", unlockId: unlock.id, details: { outcome: "changed" } });
});

test("F21: leaves the newer lock as it is when somebody locks between the read and the put of the object", async () => {
  const unlock = await unlockForRestore(world, "both");
  beforePut("PutObject", () => holdS3(world, lockText(HOLDER_B)));

  const done = await restore(world, unlock);

  expect(done.outcome).toBe("changed");
  expect(outcomesOf(done)).toEqual(["s3 changed", "dynamodb not_executed"]);
  expect([heldObject(), await heldItem(world)]).toEqual([lockText(HOLDER_B), null]);
  expect(listPuts(world)).toHaveLength(1);
});

test("F21: leaves the newer lock as it is when somebody locks between the read and the put of the item", async () => {
  const unlock = await unlockForRestore(world, "dynamodb");
  beforePut("PutItem", () => holdDynamodb(world, lockText(HOLDER_B)));

  const done = await restore(world, unlock);

  expect(done.outcome).toBe("changed");
  expect(await heldInfo()).toEqual({ S: lockText(HOLDER_B) });
});

test("F21: does not call another's identical lock its own", async () => {
  const unlock = await unlockForRestore(world, "s3");
  beforePut("PutObject", () => holdS3(world, lockText(HOLDER_A)));

  expect((await restore(world, unlock)).outcome).toBe("changed");
});

test("F21: is partial when the item was taken after the object was put, and cannot be asked for again", async () => {
  const unlock = await unlockForRestore(world, "both");
  beforePut("PutItem", () => holdDynamodb(world, lockText(HOLDER_B)));

  const done = await restore(world, unlock);
  world.clock.advance(PAST_DEADLINE_MS);

  expect(done.outcome).toBe("partial");
  expect(outcomesOf(done)).toEqual(["s3 restored", "dynamodb changed"]);
  expect(await heldInfo()).toEqual({ S: lockText(HOLDER_B) });
  await expect(restore(world, unlock)).rejects.toMatchObject({ code: "invalid", message: /undone already/ });
});

test("F21: undoes an unlock once", async () => {
  const unlock = await unlockForRestore(world, "s3");
  await restore(world, unlock);
  world.sandbox.deleteObject(BUCKET, LOCK_KEY);
  world.clock.advance(PAST_DEADLINE_MS);

  await expect(restore(world, unlock)).rejects.toMatchObject({ code: "invalid", message: /undone already/ });

  expect(heldObject()).toBeNull();
  expect(listPuts(world)).toHaveLength(1);
  const [event] = (await readAudit(world)).slice(-1);
  expect(event).toMatchObject({ action: "restore.refused", unlockId: unlock.id, details: { outcome: "refused" } });
});

test("F21: of 20 restores of one unlock at once one puts", async () => {
  const unlock = await unlockForRestore(world, "s3");

  const results = await Promise.allSettled(Array.from({ length: 20 }, () => restore(world, unlock)));

  const outcomes = results.map((result) => (result.status === "fulfilled" ? result.value.outcome : result.reason.code));
  expect(outcomes.filter((outcome) => outcome === "restored")).toHaveLength(1);
  expect(["restored", "changed", "invalid", "in_progress"]).toEqual(expect.arrayContaining([...new Set(outcomes)]));
  expect(listPuts(world)).toHaveLength(1);
});

test("F21: sends one put for one idempotency key, however often it is asked", async () => {
  const unlock = await unlockForRestore(world, "s3");
  const request = { idempotencyKey: "same-undo" };

  const first = await restore(world, unlock, request);
  const again = await restore(world, unlock, request);

  expect(again).toEqual(await world.ctx.restores.find(first.id));
  expect(listPuts(world)).toHaveLength(1);
  await expect(restore(world, unlock, { ...request, reason: "for another reason" })).rejects.toMatchObject({
    code: "invalid",
  });
});

test("F21: refuses before the deadline, since a delete of ours could remove the identical lock", async () => {
  await holdAs(world, "s3");
  await world.scan();
  const unlock = await world.unlock(await world.onlyLock());

  await expect(restore(world, unlock)).rejects.toMatchObject({ code: "in_progress", hint: /Try again from/ });

  const view = await getUnlock(world.ctx, unlock.id);
  expect(view.restore).toMatchObject({ state: "waiting", fromAt: view.deadlineAt });
  expect(listPuts(world)).toEqual([]);
});

test.each([
  ["after the window", 15 * 60_000, 15 * 60_000 + 1],
  ["when it is switched off", 0, 0],
])("F21: refuses %s", async (_name, restoreWindowMs, passedMs) => {
  const unlock = await unlockForRestore(world, "s3");
  world.clock.advance(passedMs - PAST_DEADLINE_MS);
  const ctx: Context = { ...world.ctx, restoreWindowMs };

  await expect(restore(world, unlock, { ctx })).rejects.toMatchObject({ code: "invalid" });

  expect((await getUnlock(ctx, unlock.id)).restore.state).toBe("impossible");
  expect(listPuts(world)).toEqual([]);
});

test("F21: refuses once the window ended while the role was being asked for", async () => {
  const unlock = await unlockForRestore(world, "s3");
  world.sandbox.onRequest((request, phase) => {
    if (request.operation === "AssumeRole" && phase === "after") world.clock.advance(15 * 60_000);
  });

  await expect(restore(world, unlock)).rejects.toMatchObject({ code: "invalid" });
  expect(listPuts(world)).toEqual([]);
});

test("F21: refuses while a delete of the unlock may still be on its way, and once it cannot be told who removed it", async () => {
  await holdAs(world, "s3");
  await world.scan();
  world.sandbox.addFault({ match: { operation: "DeleteObject" }, effect: { kind: "drop-after" } });
  const unlock = await world.unlock(await world.onlyLock());
  world.clock.advance(PAST_DEADLINE_MS);

  await expect(restore(world, unlock)).rejects.toMatchObject({ code: "in_progress" });
  await reconcileUnlocks(world.ctx);
  await expect(restore(world, unlock)).rejects.toMatchObject({ code: "invalid", message: /not certain/ });

  expect((await world.ctx.unlocks.find(unlock.id))?.outcome).toBe("gone_unattributed");
  expect(listPuts(world)).toEqual([]);
});

test("F21: refuses while another unlock of the same lock has no outcome, and after it unlocked somebody else", async () => {
  const first = await unlockForRestore(world, "s3");
  await holdAs(world, "s3", lockText(HOLDER_B));
  await world.scan();
  const fault = world.sandbox.addFault({ match: { operation: "DeleteObject" }, effect: { kind: "drop-before" } });
  const second = await world.unlock(await world.onlyLock());
  world.sandbox.removeFault(fault);
  world.sandbox.deleteObject(BUCKET, LOCK_KEY);

  await expect(restore(world, first)).rejects.toMatchObject({ message: /cannot be undone/ });
  world.clock.advance(PAST_DEADLINE_MS);
  await reconcileUnlocks(world.ctx);
  await expect(restore(world, first)).rejects.toMatchObject({ code: "invalid", message: /locked since/ });

  expect(second.outcome).toBe("unknown");
  expect(listPuts(world)).toEqual([]);
});

test("F21: calls a put whose answer was lost unknown, then settles it by reading, with exactly one put", async () => {
  const unlock = await unlockForRestore(world, "s3");
  world.sandbox.addFault({ match: { operation: "PutObject" }, effect: { kind: "drop-after" } });

  const done = await restore(world, unlock);
  const view = await getUnlock(world.ctx, unlock.id);
  const settled = await settleRestores(world);

  expect([done.outcome, view.restore.state, settled.settled]).toEqual(["unknown", "waiting", 1]);
  expect(await world.ctx.restores.find(done.id)).toMatchObject({
    outcome: "restored",
    halves: [{ outcome: "restored", detail: /cannot be told/ }],
  });
  expect(listPuts(world)).toHaveLength(1);
  const actions = (await readAudit(world)).filter((event) => event["unlockId"] === unlock.id).slice(-3);
  expect(actions.map((event) => event["action"])).toEqual(["restore.intent", "restore.unknown", "restore.settled"]);
});

test("F21: the reconciler settles nothing before the deadline and its margin are past", async () => {
  const unlock = await unlockForRestore(world, "s3");
  world.sandbox.addFault({ match: { operation: "PutObject" }, effect: { kind: "drop-after" } });
  await restore(world, unlock);
  const { reconcileRestores } = await import("#lib/services/reconcile-restores.ts");

  world.clock.advance(15_000 + 19_000);
  expect(await reconcileRestores(world.ctx)).toEqual({ settled: 0, unsettled: 1 });
  world.clock.advance(2_000);
  expect(await reconcileRestores(world.ctx)).toEqual({ settled: 1, unsettled: 0 });
});

test.each([
  ["a put that never arrived as not executed", () => undefined, "not_executed"],
  ["a put after which another lock is there as changed", () => holdS3(world, lockText(HOLDER_B)), "changed"],
])("F21: settles %s, and writes nothing itself", async (_name, meanwhile, outcome) => {
  const unlock = await unlockForRestore(world, "s3");
  const fault = world.sandbox.addFault({ match: { operation: "PutObject" }, effect: { kind: "drop-before" } });
  const done = await restore(world, unlock);
  world.sandbox.removeFault(fault);
  meanwhile();
  const before = heldObject();

  await settleRestores(world);

  expect((await world.ctx.restores.find(done.id))?.outcome).toBe(outcome);
  expect(heldObject()).toBe(before);
  expect(listPuts(world)).toHaveLength(1);
});

test("F21: after a put that never arrived the restore can be asked for again", async () => {
  const unlock = await unlockForRestore(world, "both");
  const fault = world.sandbox.addFault({ match: { operation: "PutObject" }, effect: { kind: "drop-before" } });
  const first = await restore(world, unlock);
  world.sandbox.removeFault(fault);
  await settleRestores(world);

  const second = await restore(world, unlock);

  expect([first.outcome, second.outcome]).toEqual(["unknown", "restored"]);
  const { restores } = await getUnlock(world.ctx, unlock.id);
  expect(restores.map(({ outcome }) => outcome)).toEqual(["not_executed", "restored"]);
});

test("F21: of a pair whose second answer was lost, the half that is known to be there stays known", async () => {
  const unlock = await unlockForRestore(world, "both");
  world.sandbox.addFault({ match: { operation: "PutItem" }, effect: { kind: "drop-before" } });
  const done = await restore(world, unlock);
  world.sandbox.deleteObject(BUCKET, LOCK_KEY);

  await settleRestores(world);

  expect(outcomesOf(done)).toEqual(["s3 restored", "dynamodb unknown"]);
  const settled = await world.ctx.restores.find(done.id);
  expect([settled?.outcome, ...(settled?.halves ?? []).map((half) => half.outcome)]).toEqual([
    "partial",
    "restored",
    "not_executed",
  ]);
});

test("F21: adds nothing to the trail while an unknown restore cannot be read", async () => {
  const unlock = await unlockForRestore(world, "s3");
  world.sandbox.addFault({ match: { operation: "PutObject" }, effect: { kind: "drop-after" } });
  await restore(world, unlock);
  const unreadable = world.sandbox.addFault({
    match: { operation: "GetObject", role: "scan" },
    effect: { kind: "status", status: 403, code: "AccessDenied" },
  });
  const before = (await readAudit(world)).length;

  await settleRestores(world);
  await settleRestores(world);
  const during = (await readAudit(world)).length;
  world.sandbox.removeFault(unreadable);
  const after = await settleRestores(world);

  expect([during, after.settled]).toEqual([before, 1]);
});

test("F21: does not believe a portal that answers 200 to the put", async () => {
  const unlock = await unlockForRestore(world, "s3");
  world.sandbox.addFault({ match: { operation: "PutObject" }, effect: { kind: "answer-200" } });

  expect((await restore(world, unlock)).outcome).toBe("unknown");
});

test("F21: settles a restore whose process died between intent and put as not executed, and puts nothing", async () => {
  const unlock = await unlockForRestore(world, "s3");
  const openRestoreSession: typeof world.ctx.gateway.openRestoreSession = async (input) => ({
    ...(await world.ctx.gateway.openRestoreSession(input)),
    putHalf: () => new Promise(() => undefined),
  });
  const dying = { ...world.ctx, gateway: { ...world.ctx.gateway, openRestoreSession } };
  void restore(world, unlock, { ctx: dying, idempotencyKey: "dying-undo" });
  const findRecord = () => world.ctx.restores.findByIdempotencyKey(world.ctx.actor, "dying-undo");
  await expect.poll(async () => (await findRecord())?.outcome, { interval: 10 }).toBe("unknown");

  await settleRestores(world);

  expect((await findRecord())?.outcome).toBe("not_executed");
  expect(listPuts(world)).toEqual([]);
  expect(heldObject()).toBeNull();
});

test("F21: writes nothing to AWS when the database refuses the intent", async () => {
  const unlock = await unlockForRestore(world, "s3");
  const broken = new AppError("no database", { code: "unavailable", hint: "" });
  const ctx: Context = { ...world.ctx, restores: { ...world.ctx.restores, begin: () => Promise.reject(broken) } };

  await expect(restore(world, unlock, { ctx })).rejects.toMatchObject({ code: "unavailable" });

  expect(listPuts(world)).toEqual([]);
});

test("F21: sends no put when the process was suspended after its intent", async () => {
  const unlock = await unlockForRestore(world, "s3");
  const begin: Context["restores"]["begin"] = async (record, entry) => {
    const begun = await world.ctx.restores.begin(record, entry);
    world.clock.advance(PAST_DEADLINE_MS);
    return begun;
  };

  const done = await restore(world, unlock, { ctx: { ...world.ctx, restores: { ...world.ctx.restores, begin } } });

  expect(done.outcome).toBe("not_executed");
  expect(listPuts(world)).toEqual([]);
});

test.each([
  ["the restore role cannot be assumed", "AssumeRole"],
  ["the restore role may not read", "GetObject"],
  ["the restore role may not put", "PutObject"],
])("F21: is refused, on the record and with nothing written, when %s", async (_name, operation) => {
  const unlock = await unlockForRestore(world, "s3");
  const effect = { kind: "status", status: 403, code: "AccessDenied" } as const;
  world.sandbox.addFault({ match: { operation, role: "restore" }, effect });

  const done = await restore(world, unlock);

  expect(done.outcome).toBe("refused");
  expect((await world.ctx.restores.find(done.id))?.outcome).toBe("refused");
  expect(heldObject()).toBeNull();
});

test("F21: says that it is off where the account has no restore role, and asks AWS nothing", async () => {
  const unlock = await unlockForRestore(world, "s3");
  const sources = world.ctx.sources.map((source) => ({
    ...source,
    account: { ...source.account, restoreRoleArn: null },
  }));
  const ctx: Context = { ...world.ctx, sources };
  world.sandbox.clearJournal();

  await expect(restore(world, unlock, { ctx })).rejects.toMatchObject({ code: "invalid", message: /no role/ });

  expect((await getUnlock(ctx, unlock.id)).restore).toMatchObject({ state: "impossible", reason: /no role/ });
  expect(world.sandbox.journal()).toEqual([]);
});

test("F21: refuses a lock whose bytes were too many to be kept", async () => {
  holdS3(world, `${lockText(HOLDER_A)}${" ".repeat(70_000)}`);
  await world.scan();
  const unlock = await world.unlock(await world.onlyLock());
  world.clock.advance(PAST_DEADLINE_MS);

  await expect(restore(world, unlock)).rejects.toMatchObject({ code: "invalid", message: /all it takes/ });
});

test.each([
  ["a reason that says nothing", { reason: "oops" }, "invalid"],
  ["an idempotency key that is missing", { idempotencyKey: "" }, "invalid"],
  ["an unlock that there is not", { unlockId: "nowhere" }, "not_found"],
])("F21: refuses %s", async (_name, change, code) => {
  const unlock = await unlockForRestore(world, "s3");

  await expect(restore(world, unlock, change)).rejects.toMatchObject({ code });
  expect(listPuts(world)).toEqual([]);
});

test("F21: an unlock of the lock is refused while its restore has no outcome", async () => {
  const unlock = await unlockForRestore(world, "s3");
  world.sandbox.addFault({ match: { operation: "PutObject" }, effect: { kind: "drop-after" } });
  const done = await restore(world, unlock);
  await world.scan();
  const lock = await world.onlyLock();

  await expect(world.unlock(lock)).rejects.toMatchObject({ code: "in_progress", message: new RegExp(done.id) });
  const deletes = world.deletes();
  await settleRestores(world);
  const later = await world.unlock(lock);

  expect([deletes, later.outcome]).toEqual([1, "released"]);
});

test("F21: a delete that begins while the put is on its way waits for another turn", async () => {
  const unlock = await unlockForRestore(world, "s3");
  let session: RestoreSession | null = null;
  const openRestoreSession: typeof world.ctx.gateway.openRestoreSession = async (input) => {
    session = await world.ctx.gateway.openRestoreSession(input);
    return session;
  };
  const ctx: Context = { ...world.ctx, gateway: { ...world.ctx.gateway, openRestoreSession } };
  let during: string | null = null;
  world.sandbox.onRequest(async (request, phase) => {
    if (request.operation !== "PutObject" || phase !== "after" || during !== null) return;
    during = "asked";
    await world.scan();
    during = await world.unlock(await world.onlyLock()).then(
      (other) => other.outcome,
      (error: unknown) => (error instanceof AppError ? error.code : String(error)),
    );
  });

  const done = await restore(world, unlock, { ctx });

  expect([done.outcome, during]).toEqual(["restored", "in_progress"]);
  expect(heldObject()).toBe(lockText(HOLDER_A));
});

test("F21: overwrites no lock of another holder in 300 interleavings of releases and retakes with our requests", async () => {
  const tally = await runRestoreInterleavings(world, 300);

  expect(tally).toMatchObject({ runs: 300, overwritten: 0, putTwice: 0, falseSuccesses: 0 });
  expect(tally.retakes).toBeGreaterThan(100);
  expect(tally.outcomes["restored"]).toBeGreaterThan(0);
  expect(tally.outcomes["changed"]).toBeGreaterThan(0);
}, 180_000);
