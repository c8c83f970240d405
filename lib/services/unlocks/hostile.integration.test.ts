import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { hostileBodies, hostileKeys } from "#lib/domain/testing/hostile-corpus.ts";
import { listAllLocks } from "#lib/services/locks/list-locks.ts";
import { releaseHostileBodies } from "#lib/services/testing/hostile-bodies.ts";
import { BUCKET, lockText, openWorld, type World } from "#lib/services/testing/world.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
beforeEach(() => world.reset());
afterAll(() => world.close());

/** The embedded store gets every third in each run, and all of them in the soak. */
const EVERY = process.env["LOCKKEEPER_TEST_DATABASE"] === "embedded" ? 3 : 1;

test("finds, shows and releases hostile S3 locks, and keeps their bytes in the record", async () => {
  await releaseHostileBodies(
    world,
    hostileBodies.filter((_, index) => index % EVERY === 0),
  );
}, 240_000);

test("finds and releases a lock under every key that S3 allows, and nothing beside it", async () => {
  for (const { key } of hostileKeys) world.sandbox.putObject(BUCKET, `${key}.tflock`, lockText(`id of ${key.length}`));
  await world.scan();
  const locks = await listAllLocks(world.ctx);
  expect(locks.map((lock) => lock.stateKey).sort()).toEqual(hostileKeys.map(({ key }) => key).sort());

  for (const [index, lock] of locks.entries()) {
    expect([lock.stateKey, (await world.unlock(lock)).outcome]).toEqual([lock.stateKey, "released"]);
    const left = hostileKeys.filter(({ key }) => world.sandbox.getObject(BUCKET, `${key}.tflock`) !== null);
    expect(left).toHaveLength(locks.length - index - 1);
  }
}, 120_000);
