import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import {
  BUCKET,
  HOLDER_A,
  HOLDER_B,
  heldItem,
  holdDynamodb,
  holdS3,
  LOCK_KEY,
  lockText,
  openWorld,
  type World,
} from "#lib/services/testing/world.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
beforeEach(() => world.reset());
afterAll(() => world.close());

const NEXT = lockText(HOLDER_B, { who: "sam@laptop" });

test("F10: an object replaced between our read and our delete is refused with 412, and the new lock is intact", async () => {
  holdS3(world, lockText(HOLDER_A));
  await world.scan();
  const shown = await world.onlyLock();
  world.sandbox.onRequest(({ operation }, phase) => {
    if (operation === "DeleteObject" && phase === "before") holdS3(world, NEXT);
  });

  const unlock = await world.unlock(shown);

  expect(unlock.outcome).toBe("changed");
  expect(unlock.holderNow).toMatchObject({ lockId: HOLDER_B, who: "sam@laptop" });
  expect(world.sandbox.journal({ isWrite: true }).map(({ status }) => status)).toEqual([412]);
  expect(Buffer.from(world.sandbox.getObject(BUCKET, LOCK_KEY)?.body ?? []).toString()).toBe(NEXT);
});

test("F10: an item replaced between our read and our delete fails its condition, and the new lock is intact", async () => {
  await holdDynamodb(world, lockText(HOLDER_A));
  await world.scan();
  const shown = await world.onlyLock();
  world.sandbox.onRequest(async ({ operation }, phase) => {
    if (operation === "DeleteItem" && phase === "before") await holdDynamodb(world, NEXT);
  });

  const unlock = await world.unlock(shown);

  expect(unlock.outcome).toBe("changed");
  expect(unlock.holderNow).toMatchObject({ lockId: HOLDER_B, who: "sam@laptop" });
  expect(world.sandbox.journal({ isWrite: true }).map(({ status }) => status)).toEqual([400]);
  expect((await heldItem(world))?.["Info"]).toEqual({ S: NEXT });
});

test("F10: an object that became the same bytes again is the lock that was shown, as far as S3 can tell", async () => {
  holdS3(world, lockText(HOLDER_A));
  await world.scan();
  const shown = await world.onlyLock();
  world.sandbox.onRequest(({ operation }, phase) => {
    if (operation !== "DeleteObject" || phase !== "before") return;
    holdS3(world, NEXT);
    holdS3(world, lockText(HOLDER_A));
  });

  expect((await world.unlock(shown)).outcome).toBe("released");
});
