import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { hostileBodies } from "#lib/domain/testing/hostile-corpus.ts";
import { listAllLocks } from "#lib/services/locks/list-locks.ts";
import { ACCOUNT_ID, BUCKET, openWorld, REGION, TABLE, type World } from "#lib/services/testing/world.ts";

// What is asked here is DynamoDB; that each store keeps these texts is asked with the same ones in S3.
let world: World;
beforeAll(async () => {
  world = await openWorld();
});
beforeEach(() => world.reset());
afterAll(() => world.close());

test("finds and releases every hostile DynamoDB lock", async () => {
  const bodies = hostileBodies.flatMap(({ name, bytes }) => {
    const text = decodeUtf8(bytes);
    return text === null || text === "" || bytes.length > 300_000
      ? []
      : [{ text, lockId: `${BUCKET}/hostile/${name}` }];
  });
  for (const { text, lockId } of bodies) {
    await world.sandbox.putItem(ACCOUNT_ID, REGION, TABLE, { LockID: { S: lockId }, Info: { S: text } });
  }
  await world.scan();
  const locks = await listAllLocks(world.ctx);

  for (const lock of locks)
    expect([lock.stateKey, (await world.unlock(lock)).outcome]).toEqual([lock.stateKey, "released"]);

  expect(locks).toHaveLength(bodies.length);
}, 240_000);

function decodeUtf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}
