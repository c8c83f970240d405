import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { listAllLocks } from "#lib/services/locks/list-locks.ts";
import {
  BUCKET,
  HOLDER_A,
  heldItem,
  holdDynamodb,
  holdS3,
  LOCK_KEY,
  lockText,
  openWorld,
  type World,
} from "#lib/services/testing/world.ts";
import { reconcileUnlocks } from "#lib/services/unlocks/reconcile-unlocks.ts";

const ANSWERED_MS_MAX = 10_000;
const SCAN_ATTEMPTS_MAX = 3;

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
beforeEach(() => world.reset());
afterAll(() => world.close());

const ANSWERS = [
  ["DeleteObject", 500, "InternalError", "unknown"],
  ["DeleteObject", 503, "SlowDown", "unknown"],
  ["DeleteObject", 503, "ServiceUnavailable", "unknown"],
  ["DeleteObject", 409, "ConditionalRequestConflict", "unknown"],
  ["DeleteObject", 400, "RequestTimeout", "not_executed"],
  ["DeleteItem", 500, "InternalServerError", "unknown"],
  ["DeleteItem", 503, "ServiceUnavailable", "unknown"],
  ["DeleteItem", 400, "ProvisionedThroughputExceededException", "not_executed"],
  ["DeleteItem", 400, "ThrottlingException", "not_executed"],
] as const;

test.each(ANSWERS)(
  "F7: a %s answered with %i %s is sent once, and its outcome is %s",
  async (operation, status, code, outcome) => {
    if (operation === "DeleteObject") holdS3(world, lockText(HOLDER_A));
    else await holdDynamodb(world, lockText(HOLDER_A));
    await world.scan();
    const lock = await world.onlyLock();
    world.sandbox.addFault({ match: { operation }, effect: { kind: "status", status, code } });

    const startedMs = performance.now();
    const unlock = await world.unlock(lock);
    const tookMs = performance.now() - startedMs;
    world.clock.advance(120_000);
    await reconcileUnlocks(world.ctx);

    expect(unlock.outcome).toBe(outcome);
    expect(tookMs).toBeLessThan(ANSWERED_MS_MAX);
    expect((await world.ctx.unlocks.find(unlock.id))?.outcome).toBe("not_executed");
    expect(world.sandbox.journal({ isWrite: true })).toHaveLength(1);
    const held = operation === "DeleteObject" ? world.sandbox.getObject(BUCKET, LOCK_KEY) : await heldItem(world);
    expect(held).not.toBeNull();
  },
);

test.each([
  ["AssumeRole", 503, "SlowDown"],
  ["GetObject", 500, "InternalError"],
  ["GetObject", 503, "SlowDown"],
])("F7: an unlock whose %s is answered with %i %s sends nothing, and asks no second time", async (...fault) => {
  const [operation, status, code] = fault;
  holdS3(world, lockText(HOLDER_A));
  await world.scan();
  const lock = await world.onlyLock();
  world.sandbox.clearJournal();
  world.sandbox.addFault({ match: { operation, role: "unlock" }, effect: { kind: "status", status, code } });

  const unlock = await world.unlock(lock);

  expect([unlock.outcome, unlock.intentAtMs]).toEqual(["not_executed", null]);
  expect(world.sandbox.journal({ isWrite: true })).toEqual([]);
  expect(world.sandbox.journal({ operation })).toHaveLength(1);
});

test.each([
  ["ListObjectsV2", 503, "SlowDown"],
  ["ListObjectsV2", 500, "InternalError"],
  ["Scan", 500, "InternalServerError"],
])(
  "F7: a scan tries a %s answered with %i %s at most 3 times, keeps what it knew, and leaves the others whole",
  async (...fault) => {
    const [operation, status, code] = fault;
    holdS3(world, lockText(HOLDER_A));
    await holdDynamodb(world, lockText(HOLDER_A));
    await world.scan();
    world.sandbox.clearJournal();
    world.sandbox.addFault({ match: { operation }, effect: { kind: "status", status, code } });

    await world.scan();

    const attempts = world.sandbox.journal({ operation });
    expect(attempts.length).toBeGreaterThan(1);
    expect(attempts.length).toBeLessThanOrEqual(SCAN_ATTEMPTS_MAX);
    const states = await world.ctx.sightings.listSourceStates();
    expect(states.map((state) => state.status).sort()).toEqual(["error", "ok"]);
    expect((await listAllLocks(world.ctx)).flatMap((lock) => lock.halves)).toHaveLength(2);
  },
);

test("F7: a table without capacity is asked once, keeps what was known, and is left alone for 5 minutes", async () => {
  holdS3(world, lockText(HOLDER_A));
  await holdDynamodb(world, lockText(HOLDER_A));
  await world.scan();
  world.sandbox.clearJournal();
  const effect = { kind: "status", status: 400, code: "ProvisionedThroughputExceededException" } as const;
  const fault = world.sandbox.addFault({ match: { operation: "Scan" }, effect });

  await world.scan();
  world.sandbox.removeFault(fault);
  await world.scan();

  expect(world.sandbox.journal({ operation: "Scan" })).toHaveLength(1);
  const statesOf = async () =>
    (await world.ctx.sightings.listSourceStates()).map(({ status, error }) => error?.code ?? status).toSorted();
  expect(await statesOf()).toEqual(["ok", "throttled"]);
  expect((await listAllLocks(world.ctx)).flatMap((lock) => lock.halves)).toHaveLength(2);
  world.clock.advance(5 * 60_000);
  await world.scan();
  expect(await statesOf()).toEqual(["ok", "ok"]);
});

test("F7: a source that is throttled for long does not hold up the scan of another", async () => {
  holdS3(world, lockText(HOLDER_A));
  await holdDynamodb(world, lockText(HOLDER_A));
  const listed = Promise.withResolvers<void>();
  world.sandbox.onRequest(async ({ operation }, phase) => {
    if (operation === "ListObjectsV2" && phase === "before") await listed.promise;
  });

  const scan = world.scan();
  const tableStatus = async () =>
    (await world.ctx.sightings.listSourceStates()).find(({ sourceId }) => sourceId.includes("dynamodb"))?.locksFound;
  await expect.poll(tableStatus, { interval: 10 }).toBe(1);
  listed.resolve();
  await scan;
});
