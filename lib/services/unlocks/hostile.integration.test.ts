import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { hostileBodies, hostileKeys } from "#lib/domain/testing/hostile-corpus.ts";
import { getLock } from "#lib/services/locks/get-lock.ts";
import { listAllLocks } from "#lib/services/locks/list-locks.ts";
import { BUCKET, lockText, openWorld, readAudit, type World } from "#lib/services/testing/world.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
beforeEach(() => world.reset());
afterAll(() => world.close());

test("finds, shows and releases every hostile S3 lock, and keeps its bytes in the record", async () => {
  const bodies = hostileBodies.map(({ name, bytes }) => ({ bytes, stateKey: `hostile/${name}` }));
  for (const { stateKey, bytes } of bodies) world.sandbox.putObject(BUCKET, `${stateKey}.tflock`, bytes);
  await world.scan();
  const locks = await listAllLocks(world.ctx);
  expect(locks).toHaveLength(bodies.length);

  for (const { stateKey, bytes } of bodies) {
    const lock = locks.find((candidate) => candidate.stateKey === stateKey);
    if (lock === undefined) throw new Error(`${stateKey} was not found`);
    const detail = await getLock(world.ctx, lock.key);
    expect(JSON.parse(JSON.stringify(detail)), stateKey).toBeTruthy();
    const unlock = await world.unlock(lock);
    expect([stateKey, unlock.outcome, world.sandbox.getObject(BUCKET, `${stateKey}.tflock`)]).toEqual([
      stateKey,
      "released",
      null,
    ]);
    const stored = await world.ctx.unlocks.find(unlock.id);
    expect(Buffer.from(stored?.halves[0]?.raw ?? []).equals(Buffer.from(bytes.subarray(0, 65_536))), stateKey).toBe(
      true,
    );
  }
  expect((await readAudit(world)).filter((event) => event["action"] === "unlock.outcome")).toHaveLength(bodies.length);
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
