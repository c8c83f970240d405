import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { Lock } from "#lib/domain/lock.ts";
import { listAllLocks } from "#lib/services/locks/list-locks.ts";
import type { Context } from "#lib/services/ports/context.ts";
import { startScan } from "#lib/services/sources/scan-sources.ts";
import { createTestContext } from "#lib/services/testing/test-context.ts";
import { BUCKET, HOLDER_A, HOLDER_B, lockText, openWorld, type World } from "#lib/services/testing/world.ts";
import { forceUnlock } from "#lib/services/unlocks/force-unlock.ts";

/** With one place of each kind, whoever needed one that another holds would wait for ever. */
const ONE_PLACE = {
  callsPerSource: 1,
  callsPerAccount: 1,
  callsInAll: 1,
  pagesPerBucket: 1,
  pagesPerAccount: 1,
  pagesInAll: 1,
  requestMs: 30_000,
  socketIdleMs: 30_000,
  scanCallMs: 30_000,
};

let world: World;
let ctx: Context;
beforeAll(async () => {
  world = await openWorld();
  ctx = createTestContext({
    endpoint: world.sandbox.s3Url,
    stores: world.database.stores,
    skippedMs: () => world.ctx.now() - Date.now(),
    limits: ONE_PLACE,
  });
});
beforeEach(() => world.reset());
afterAll(() => world.close());

function scan(): Promise<unknown> {
  return startScan(ctx, { sourceId: null }).done;
}

/** Two locks, as a page shows them. */
async function shownLocks(): Promise<readonly [Lock, Lock]> {
  for (const [stateKey, holder] of [
    ["a/terraform.tfstate", HOLDER_A],
    ["b/terraform.tfstate", HOLDER_B],
  ] as const) {
    world.sandbox.putObject(BUCKET, `${stateKey}.tflock`, lockText(holder, { path: `${BUCKET}/${stateKey}` }));
  }
  await scan();
  const locks = (await listAllLocks(ctx)).toSorted((x, y) => (x.stateKey < y.stateKey ? -1 : 1));
  const [a, b, ...others] = locks;
  if (a === undefined || b === undefined || others.length > 0) throw new Error(`found ${locks.length} locks, not two`);
  return [a, b];
}

function unlock({ key, lockId, fingerprint }: Lock) {
  const reason = "the runner died, see the incident";
  return forceUnlock(ctx, { key, lockId, fingerprint, reason, idempotencyKey: randomUUID() });
}

type Asked = { readonly operation: string; readonly role: string | null; readonly key: string | null };

/** Keeps what matches from being answered; resolves when one waits, and says how to let all go on. */
function hold(isHeld: (asked: Asked) => boolean): { readonly held: Promise<void>; readonly release: () => void } {
  const held = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  world.sandbox.onRequest(async ({ operation, principal, key }, phase) => {
    if (phase !== "before" || !isHeld({ operation, role: principal?.role ?? null, key })) return;
    held.resolve();
    await released.promise;
  });
  return { held: held.promise, release: released.resolve };
}

test("F7: an unlock waits for no place that a scan takes: it ends while every call of a scan hangs", async () => {
  const [lock] = await shownLocks();
  const scans = hold(({ role }) => role === "scan");
  const hanging = scan();
  await scans.held;

  const { outcome } = await unlock(lock);
  scans.release();
  await hanging;

  expect(outcome).toBe("released");
});

test.each([
  ["AssumeRole", (asked: Asked) => asked.operation === "AssumeRole"],
  ["GetObject", (asked: Asked) => asked.role === "unlock" && asked.operation === "GetObject"],
  ["DeleteObject", (asked: Asked) => asked.operation === "DeleteObject"],
])(
  "F7: an unlock whose %s hangs holds up neither another unlock nor a scan, which ask for as much as ever",
  async (_, isHeld) => {
    const [slow, other] = await shownLocks();
    world.sandbox.clearJournal();
    await scan();
    const usual = listScanned();
    let isFirst = true;
    const first = hold((asked) => {
      if (!isFirst || !isHeld(asked)) return false;
      isFirst = false;
      return true;
    });
    const hanging = unlock(slow);
    await first.held;
    world.sandbox.clearJournal();

    await scan();
    const scanned = listScanned();
    const { outcome } = await unlock(other);
    first.release();

    expect(scanned).toEqual(usual);
    expect([outcome, (await hanging).outcome]).toEqual(["released", "released"]);
  },
);

function listScanned(): readonly string[] {
  const scanned = world.sandbox.journal().filter(({ principal }) => principal?.role === "scan");
  return scanned.map(({ operation, key }) => `${operation} ${key ?? ""}`).toSorted();
}
