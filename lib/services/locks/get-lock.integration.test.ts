import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import {
  ACCOUNT_ID,
  BUCKET,
  HOLDER_A,
  HOLDER_B,
  holdDynamodb,
  holdS3,
  LOCK_ID,
  LOCK_KEY,
  lockText,
  openWorld,
  REGION,
  TABLE,
  type World,
} from "#lib/services/testing/world.ts";
import { getLock } from "./get-lock.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
beforeEach(() => world.reset());
afterAll(() => world.close());

/** A run that takes both halves and may release only its DynamoDB half. */
async function leaveS3Half(holder: string): Promise<void> {
  holdS3(world, lockText(holder));
  await holdDynamodb(world, lockText(holder));
  await world.scan();
  await world.sandbox.deleteItem(ACCOUNT_ID, REGION, TABLE, LOCK_ID);
  await world.scan();
}

test("tells that the S3 half was left alone before, and which permission the runs lack", async () => {
  await leaveS3Half(HOLDER_A);
  world.sandbox.deleteObject(BUCKET, LOCK_KEY);
  await world.scan();
  await leaveS3Half(HOLDER_B);

  const { lock } = await getLock(world.ctx, (await world.onlyLock()).key);

  const evidence = lock?.evidence.find(({ code }) => code === "half_left_repeatedly");
  expect(evidence?.text).toContain("s3:DeleteObject");
});

test("keeps what a lock was and how it went after it is gone: by us, or elsewhere", async () => {
  holdS3(world, lockText(HOLDER_A));
  await world.scan();
  const lock = await world.onlyLock();
  const unlock = await world.unlock(lock);
  holdS3(world, lockText(HOLDER_B));
  await world.scan();
  world.sandbox.deleteObject(BUCKET, LOCK_KEY);
  await world.scan();

  const detail = await getLock(world.ctx, lock.key);

  expect(detail.lock).toBeNull();
  expect(detail.unlocks[0]?.id).toBe(unlock.id);
  expect(detail.history.slice(0, 2).map(({ lockId, goneBy, unlockId }) => [lockId, goneBy, unlockId])).toEqual([
    [HOLDER_B, "elsewhere", null],
    [HOLDER_A, "unlock", unlock.id],
  ]);
});
