import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { Context } from "#lib/services/ports/context.ts";
import {
  heldObject,
  holdAs,
  listPuts,
  PAST_DEADLINE_MS,
  restore,
  settleRestores,
  unlockForRestore,
} from "#lib/services/testing/restoring.ts";
import {
  BUCKET,
  HOLDER_A,
  HOLDER_B,
  holdS3,
  LOCK_KEY,
  lockText,
  openWorld,
  readAudit,
  type World,
} from "#lib/services/testing/world.ts";
import { getUnlock } from "#lib/services/unlocks/list-unlocks.ts";
import { reconcileUnlocks } from "#lib/services/unlocks/reconcile-unlocks.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
beforeEach(async () => {
  await settleRestores(world);
  await world.reset();
});
afterAll(() => world.close());

test("F21: undoes an unlock once", async () => {
  const unlock = await unlockForRestore(world, "s3");
  await restore(world, unlock);
  world.sandbox.deleteObject(BUCKET, LOCK_KEY);
  world.clock.advance(PAST_DEADLINE_MS);

  await expect(restore(world, unlock)).rejects.toMatchObject({
    code: "invalid",
    message: expect.stringMatching(/undone already/),
  });

  expect(heldObject(world)).toBeNull();
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

  await expect(restore(world, unlock)).rejects.toMatchObject({
    code: "in_progress",
    hint: expect.stringMatching(/Try again from/),
  });

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
  const ctx: Context = { ...world.ctx, restoreWindowMs: 2 * PAST_DEADLINE_MS };
  world.sandbox.onRequest((request, phase) => {
    if (request.operation === "AssumeRole" && phase === "after") world.clock.advance(2 * PAST_DEADLINE_MS);
  });

  await expect(restore(world, unlock, { ctx })).rejects.toMatchObject({
    code: "invalid",
    message: expect.stringMatching(/over/),
  });
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
  await expect(restore(world, unlock)).rejects.toMatchObject({
    code: "invalid",
    message: expect.stringMatching(/not certain/),
  });

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

  await expect(restore(world, first)).rejects.toMatchObject({ message: expect.stringMatching(/cannot be undone/) });
  world.clock.advance(PAST_DEADLINE_MS);
  await reconcileUnlocks(world.ctx);
  await expect(restore(world, first)).rejects.toMatchObject({
    code: "invalid",
    message: expect.stringMatching(/locked since/),
  });

  expect(second.outcome).toBe("unknown");
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
  expect(heldObject(world)).toBeNull();
});

test("F21: says that it is off where the account has no restore role, and asks AWS nothing", async () => {
  const unlock = await unlockForRestore(world, "s3");
  const sources = world.ctx.sources.map((source) => ({
    ...source,
    account: { ...source.account, restoreRoleArn: null },
  }));
  const ctx: Context = { ...world.ctx, sources };
  world.sandbox.clearJournal();

  await expect(restore(world, unlock, { ctx })).rejects.toMatchObject({
    code: "invalid",
    message: expect.stringMatching(/no role/),
  });

  expect((await getUnlock(ctx, unlock.id)).restore).toMatchObject({
    state: "impossible",
    reason: expect.stringMatching(/no role/),
  });
  expect(world.sandbox.journal()).toEqual([]);
});

test("F21: refuses a lock whose bytes were too many to be kept", async () => {
  holdS3(world, `${lockText(HOLDER_A)}${" ".repeat(70_000)}`);
  await world.scan();
  const unlock = await world.unlock(await world.onlyLock());
  world.clock.advance(PAST_DEADLINE_MS);

  await expect(restore(world, unlock)).rejects.toMatchObject({
    code: "invalid",
    message: expect.stringMatching(/all it takes/),
  });
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
