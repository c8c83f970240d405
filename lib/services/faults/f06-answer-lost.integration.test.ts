import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import {
  ACCOUNT_ID,
  BUCKET,
  HOLDER_A,
  heldItem,
  holdDynamodb,
  holdS3,
  LOCK_KEY,
  lockText,
  openWorld,
  REGION,
  type World,
} from "#lib/services/testing/world.ts";
import { reconcileUnlocks } from "#lib/services/unlocks/reconcile-unlocks.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
beforeEach(() => world.reset());
afterAll(() => world.close());

type Case = readonly [string, { mechanism: "s3" | "dynamodb"; versioning: "enabled" | "off"; settled: string }];
const CASES: readonly Case[] = [
  ["an object", { mechanism: "s3", versioning: "off", settled: "gone_unattributed" }],
  ["an object of a versioned bucket", { mechanism: "s3", versioning: "enabled", settled: "released" }],
  ["an item", { mechanism: "dynamodb", versioning: "off", settled: "gone_unattributed" }],
];

test.each(CASES)(
  "F6: the delete of %s whose answer is lost is unknown, is not sent again, and is never called gone before",
  async (_name, { mechanism, versioning, settled }) => {
    world.sandbox.createBucket({ accountId: ACCOUNT_ID, name: BUCKET, region: REGION, versioning });
    if (mechanism === "s3") holdS3(world, lockText(HOLDER_A));
    else await holdDynamodb(world, lockText(HOLDER_A));
    await world.scan();
    const lock = await world.onlyLock();
    const operation = mechanism === "s3" ? "DeleteObject" : "DeleteItem";
    world.sandbox.addFault({ match: { operation }, effect: { kind: "drop-after" } });

    const unlock = await world.unlock(lock, { idempotencyKey: `${mechanism}-${versioning}` });
    const again = await world.unlock(lock, { idempotencyKey: `${mechanism}-${versioning}` });
    const other = world.unlock(lock).then(
      () => null,
      (error: { code: string }) => error.code,
    );
    await reconcileUnlocks(world.ctx);
    const early = await world.ctx.unlocks.find(unlock.id);

    expect([unlock.outcome, again.outcome, early?.outcome]).toEqual(["unknown", "unknown", "unknown"]);
    // Somebody else who asks now reads that it is gone, which is the truth, or is told to wait; nothing is sent for it.
    expect([null, "in_progress"]).toContain(await other);
    expect(mechanism === "s3" ? world.sandbox.getObject(BUCKET, LOCK_KEY) : await heldItem(world)).toBeNull();
    world.clock.advance(120_000);
    await reconcileUnlocks(world.ctx);
    expect((await world.ctx.unlocks.find(unlock.id))?.outcome).toBe(settled);
    expect(world.sandbox.journal({ isWrite: true }).map((entry) => entry.operation)).toEqual([operation]);
  },
);
