import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { openDatabase } from "#lib/adapters/db/database.ts";
import { loadAuditSigner } from "#lib/adapters/db/signing-key.ts";
import { openStores } from "#lib/adapters/db/stores.ts";
import { MIGRATIONS_DIR, quietLog } from "#lib/adapters/db/testing/test-database.ts";
import { listAllLocks } from "#lib/services/locks/list-locks.ts";
import type { Context } from "#lib/services/ports/context.ts";
import { BUCKET, HOLDER_A, holdS3, LOCK_KEY, lockText, openWorld, type World } from "#lib/services/testing/world.ts";
import { scanSource, startScan } from "./scan-sources.ts";

let world: World;
let other: Context;
let close: () => Promise<void>;
beforeAll(async () => {
  world = await openWorld();
  const { url, dataDir } = world.database;
  const database = await openDatabase({ url, dataDir, migrationsDir: MIGRATIONS_DIR, log: quietLog });
  const stores = await openStores(database, await loadAuditSigner({ pem: null, dataDir }));
  other = { ...world.ctx, ...stores, sweeps: { running: new Map(), refreshing: new Map() } };
  close = database.close;
});
beforeEach(() => world.reset());
afterAll(async () => {
  await close();
  await world.close();
});

/** The most listings of the bucket that were open at once, from now on. */
function watchListings(): { openMax: number; begun: number } {
  const seen = { openMax: 0, begun: 0 };
  let open = 0;
  world.sandbox.onRequest(async ({ operation, bucket }, phase) => {
    if (operation !== "ListObjectsV2" || bucket !== BUCKET) return;
    open += phase === "before" ? 1 : -1;
    if (phase === "before") seen.begun += 1;
    seen.openMax = Math.max(seen.openMax, open);
  });
  return seen;
}

test("scans that are asked of two replicas at once follow each other, and each sees what was locked before it was asked", async () => {
  const release = Promise.withResolvers<void>();
  const stop = world.sandbox.onRequest(async ({ operation }, phase) => {
    if (operation !== "ListObjectsV2" || phase !== "after") return;
    stop();
    holdS3(world, lockText(HOLDER_A));
    await release.promise;
  });
  const seen = watchListings();
  const older = startScan(world.ctx, { sourceId: null }).done;
  await expect.poll(() => world.sandbox.getObject(BUCKET, LOCK_KEY), { interval: 5 }).not.toBeNull();
  let pauses = 0;
  const pause = async () => {
    pauses += 1;
  };
  const newer = startScan({ ...other, pause }, { sourceId: null }).done;
  await expect.poll(() => pauses > 3 || seen.begun > 1, { interval: 5 }).toBe(true);
  release.resolve();
  await newer;
  const locks = await listAllLocks(other);
  await older;

  expect(locks).toHaveLength(1);
  expect(seen).toEqual({ openMax: 1, begun: 2 });
});

test("a scheduled look at a source that another replica sweeps is left to it", async () => {
  const [source] = world.ctx.sources;
  if (source === undefined) throw new Error("the world has no source");
  const seen = watchListings();
  const release = Promise.withResolvers<void>();
  const stop = world.sandbox.onRequest(async ({ operation }, phase) => {
    if (operation === "ListObjectsV2" && phase === "before") await release.promise;
  });
  const sweep = scanSource(world.ctx, source);
  await expect.poll(() => seen.begun, { interval: 5 }).toBe(1);
  await scanSource(other, source);
  expect(other.sweeps.running.size).toBe(0);
  release.resolve();
  stop();
  await sweep;

  expect(seen).toEqual({ openMax: 1, begun: 1 });
});
