import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import {
  HOLDER_A,
  HOLDER_B,
  holdDynamodb,
  holdS3,
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

test.each(["s3", "dynamodb", "both"])(
  "F9: a lock (%s) taken by another between view and click is changed: the new holder is shown, and keeps it",
  async (mechanism) => {
    const hold = async (text: string) => {
      if (mechanism !== "dynamodb") holdS3(world, text);
      if (mechanism !== "s3") await holdDynamodb(world, text);
    };
    await hold(lockText(HOLDER_A));
    await world.scan();
    const shown = await world.onlyLock();
    await hold(NEXT);

    const unlock = await world.unlock(shown);

    expect([unlock.outcome, unlock.intentAtMs]).toEqual(["changed", null]);
    expect(unlock.holderNow).toMatchObject({ lockId: HOLDER_B, who: "sam@laptop" });
    expect(world.sandbox.journal({ isWrite: true })).toEqual([]);
  },
);
