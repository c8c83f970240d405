import { randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import type { Lock } from "#lib/domain/lock.ts";
import type { Unlock } from "#lib/domain/unlock.ts";
import { listAllLocks } from "#lib/services/locks/list-locks.ts";
import type { Context } from "#lib/services/ports/context.ts";
import { startProxyTo, type TcpProxy } from "#lib/services/testing/tcp-proxy.ts";
import { createTestContext } from "#lib/services/testing/test-context.ts";
import {
  BUCKET,
  HOLDER_A,
  holdDynamodb,
  holdS3,
  LOCK_KEY,
  lockText,
  notWaiting,
  openWorld,
  type World,
} from "#lib/services/testing/world.ts";
import { forceUnlock } from "#lib/services/unlocks/force-unlock.ts";
import { reconcileUnlocks } from "#lib/services/unlocks/reconcile-unlocks.ts";

const SETTLED_MS_MAX = 10_000;
const SCANNED_MS_MAX = 15_000;

let world: World;
let wire: TcpProxy;
beforeAll(async () => {
  world = await openWorld({
    awsVia: async (url) => {
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

/** Unlocks in a world where the wire breaks right after the intent was committed. */
async function unlockWhile(lock: Lock, breakWire: () => unknown): Promise<{ unlock: Unlock; tookMs: number }> {
  const begin: Context["unlocks"]["begin"] = async (...intent) => {
    const begun = await world.ctx.unlocks.begin(...intent);
    await breakWire();
    return begun;
  };
  const ctx: Context = { ...world.ctx, unlocks: { ...world.ctx.unlocks, begin } };
  return unlockIn(ctx, lock);
}

async function unlockIn(ctx: Context, lock: Lock): Promise<{ unlock: Unlock; tookMs: number }> {
  const { key, lockId, fingerprint } = lock;
  const startedMs = performance.now();
  const reason = "the runner died long ago";
  const asked = { key, lockId, fingerprint, reason, idempotencyKey: randomUUID() };
  const unlock = notWaiting(await forceUnlock(ctx, asked));
  return { unlock, tookMs: performance.now() - startedMs };
}

async function settle(unlock: Unlock): Promise<string | undefined> {
  await wire.pass();
  world.clock.advance(120_000);
  await reconcileUnlocks(world.ctx);
  return (await world.ctx.unlocks.find(unlock.id))?.outcome;
}

const PORTAL =
  "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 36\r\n\r\n<title>Welcome, guest network</title>";

type Break = { readonly atDelete: () => unknown; readonly first: string; readonly settled: string };
const BREAKS: readonly (readonly [string, Break])[] = [
  ["is a black hole", { atDelete: () => wire.hang(), first: "unknown", settled: "not_executed" }],
  ["refuses connections", { atDelete: () => wire.refuse(), first: "not_executed", settled: "not_executed" }],
  [
    "breaks before the delete arrives",
    {
      atDelete: () => void wire.breakAt("DELETE /", { lost: "request" }),
      first: "unknown",
      settled: "not_executed",
    },
  ],
  [
    "breaks before the answer comes",
    { atDelete: () => void wire.breakAt("DELETE /"), first: "unknown", settled: "gone_unattributed" },
  ],
  [
    "ends at a portal that says 200",
    { atDelete: () => wire.answer(PORTAL), first: "unknown", settled: "not_executed" },
  ],
  [
    "ends at something that speaks no HTTP",
    { atDelete: () => wire.answer("SSH-2.0-OpenSSH_9.2\r\n"), first: "unknown", settled: "not_executed" },
  ],
];

test.each(BREAKS)(
  "F8: when the wire %s, the unlock is never released, and its delete is not sent again",
  async (...row) => {
    const [, { atDelete, first, settled }] = row;
    const lock = await shownLock();
    const openBefore = wire.openConnections();

    const { unlock, tookMs } = await unlockWhile(lock, atDelete);

    expect(unlock.outcome).toBe(first);
    expect(tookMs).toBeLessThan(SETTLED_MS_MAX);
    await expect.poll(wire.openConnections, { interval: 10 }).toBeLessThanOrEqual(openBefore);
    expect(await settle(unlock)).toBe(settled);
    expect(world.sandbox.journal({ isWrite: true }).length).toBeLessThanOrEqual(1);
    expect(world.sandbox.getObject(BUCKET, LOCK_KEY) === null).toBe(settled === "gone_unattributed");
  },
);

test("F8: when a connection goes half-open once the delete has arrived, the unlock is unknown until it is settled", async () => {
  const lock = await shownLock();
  const stop = world.sandbox.onRequest(({ operation }, phase) => {
    if (operation === "DeleteObject" && phase === "before") wire.hang();
  });

  const { unlock, tookMs } = await unlockIn(world.ctx, lock);
  stop();

  expect(unlock.outcome).toBe("unknown");
  expect(tookMs).toBeLessThan(SETTLED_MS_MAX);
  expect(await settle(unlock)).toBe("gone_unattributed");
  expect(world.deletes()).toBe(1);
});

test("F8: an answer that drips in at a byte a second is given up after 10 s, and the unlock is unknown", async () => {
  await holdDynamodb(world, lockText(HOLDER_A));
  await world.scan();
  const lock = await world.onlyLock();
  world.sandbox.addFault({ match: { operation: "DeleteItem" }, effect: { kind: "drip", bytesPerSecond: 1 } });

  const { unlock, tookMs } = await unlockIn(world.ctx, lock);

  expect(unlock.outcome).toBe("unknown");
  expect(tookMs).toBeLessThan(SETTLED_MS_MAX + 2_000);
  expect(await settle(unlock)).toBe("gone_unattributed");
  expect(world.deletes()).toBe(1);
});

test.each([
  ["a name that does not resolve", () => "http://s3.nowhere.invalid"],
  ["TLS with something that has none", () => `https://127.0.0.1:${wire.port}`],
])("F8: an unlock through %s sends nothing, and says so on the record", async (_name, endpointOf) => {
  const lock = await shownLock();
  const { dynamodbUrl: dynamodb, stsUrl: sts } = world.sandbox;
  const { stores } = world.database;
  const broken = createTestContext({ endpoint: { s3: endpointOf(), dynamodb, sts }, stores });
  // The same sources as were scanned: only where their service answers has changed.
  const ctx = { ...world.ctx, sources: broken.sources, gateway: broken.gateway };
  world.sandbox.clearJournal();

  const { unlock, tookMs } = await unlockIn(ctx, lock);

  expect([unlock.outcome, unlock.intentAtMs]).toEqual(["not_executed", null]);
  expect(tookMs).toBeLessThan(SETTLED_MS_MAX);
  expect(world.sandbox.journal({ service: "s3" })).toEqual([]);
});

test.each([
  ["is a black hole", () => wire.hang()],
  ["refuses connections", () => wire.refuse()],
  ["ends at a portal that says 200", () => wire.answer(PORTAL)],
])("F8: when the wire %s, a scan ends in time, says so, and keeps every lock it knew", async (_name, breakWire) => {
  const lock = await shownLock();
  await breakWire();
  wire.cut();

  const startedMs = performance.now();
  await world.scan();

  expect(performance.now() - startedMs).toBeLessThan(SCANNED_MS_MAX);
  const states = await world.ctx.sightings.listSourceStates();
  expect(states.map(({ status }) => status)).toEqual(["error", "error"]);
  expect((await listAllLocks(world.ctx)).map(({ key }) => key)).toEqual([lock.key]);
});

test("F8: a lock whose text drips in at a byte a second does not hold up a scan", async () => {
  holdS3(world, lockText(HOLDER_A));
  world.sandbox.addFault({ match: { operation: "GetObject" }, effect: { kind: "drip", bytesPerSecond: 1 } });

  const startedMs = performance.now();
  await world.scan();

  expect(performance.now() - startedMs).toBeLessThan(SCANNED_MS_MAX);
  expect((await world.ctx.sightings.listSourceStates()).map(({ status }) => status).sort()).not.toEqual(["ok", "ok"]);
});
