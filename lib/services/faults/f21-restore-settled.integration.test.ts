import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { AppError } from "#lib/services/errors.ts";
import type { Context } from "#lib/services/ports/context.ts";
import type { RestoreSession } from "#lib/services/ports/restoring.ts";
import { reconcileRestores } from "#lib/services/restores/reconcile-restores.ts";
import {
  heldObject,
  listPuts,
  outcomesOf,
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

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
beforeEach(async () => {
  await settleRestores(world);
  await world.reset();
});
afterAll(() => world.close());

test("F21: calls a put whose answer was lost unknown, then settles it by reading, with exactly one put", async () => {
  const unlock = await unlockForRestore(world, "s3");
  world.sandbox.addFault({ match: { operation: "PutObject" }, effect: { kind: "drop-after" } });

  const done = await restore(world, unlock);
  const view = await getUnlock(world.ctx, unlock.id);
  const settled = await settleRestores(world);

  expect([done.outcome, view.restore.state, settled.settled]).toEqual(["unknown", "waiting", 1]);
  expect(await world.ctx.restores.find(done.id)).toMatchObject({
    outcome: "restored",
    halves: [{ outcome: "restored", detail: expect.stringMatching(/cannot be told/) }],
  });
  expect(listPuts(world)).toHaveLength(1);
  const actions = (await readAudit(world)).filter((event) => event["unlockId"] === unlock.id).slice(-3);
  expect(actions.map((event) => event["action"])).toEqual(["restore.intent", "restore.unknown", "restore.settled"]);
});

test("F21: the reconciler settles nothing before the deadline and its margin are past", async () => {
  const unlock = await unlockForRestore(world, "s3");
  world.sandbox.addFault({ match: { operation: "PutObject" }, effect: { kind: "drop-after" } });
  const beganMs = world.ctx.now();
  await restore(world, unlock);
  const tookMs = world.ctx.now() - beganMs;

  // 15 s for one half and 20 s on the wire, less 4 s in which the reconciler reads, also on a busy machine.
  world.clock.advance(31_000 - tookMs);
  expect(await reconcileRestores(world.ctx)).toEqual({ settled: 0, unsettled: 1 });
  world.clock.advance(5_000 + tookMs);
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
  const before = heldObject(world);

  await settleRestores(world);

  expect((await world.ctx.restores.find(done.id))?.outcome).toBe(outcome);
  expect(heldObject(world)).toBe(before);
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

test.each([
  ["nothing is there", () => world.sandbox.deleteObject(BUCKET, LOCK_KEY), "not_executed"],
  ["another lock is there", () => holdS3(world, lockText(HOLDER_B)), "changed"],
])(
  "F21: a confirmed put is unknown when %s right after it, until the reconciler has looked",
  async (_name, act, outcome) => {
    const unlock = await unlockForRestore(world, "s3");
    world.sandbox.onRequest((request, phase) => {
      if (request.operation === "PutObject" && phase === "after") act();
    });

    const done = await restore(world, unlock);
    await settleRestores(world);

    expect(done.outcome).toBe("unknown");
    expect(done.halves[0]?.detail).toMatch(/AWS confirmed the put/);
    expect((await world.ctx.restores.find(done.id))?.outcome).toBe(outcome);
  },
);

test("F21: a confirmed put that cannot be read back is unknown", async () => {
  const unlock = await unlockForRestore(world, "s3");
  const effect = { kind: "status", status: 403, code: "AccessDenied" } as const;
  world.sandbox.onRequest((request, phase) => {
    if (request.operation !== "PutObject" || phase !== "after") return;
    world.sandbox.addFault({ match: { operation: "GetObject", role: "restore" }, effect });
  });

  expect((await restore(world, unlock)).outcome).toBe("unknown");
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
  expect(heldObject(world)).toBeNull();
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

test("F21: an unlock of the lock is refused while its restore has no outcome", async () => {
  const unlock = await unlockForRestore(world, "s3");
  world.sandbox.addFault({ match: { operation: "PutObject" }, effect: { kind: "drop-after" } });
  const done = await restore(world, unlock);
  await world.scan();
  const lock = await world.onlyLock();

  await expect(world.unlock(lock)).rejects.toMatchObject({
    code: "in_progress",
    message: expect.stringMatching(new RegExp(done.id)),
  });
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
  expect(heldObject(world)).toBe(lockText(HOLDER_A));
});
