import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { RestoreOutcome } from "#lib/domain/restore.ts";
import type { Context } from "#lib/services/ports/context.ts";
import { restore, unlockForRestore } from "#lib/services/testing/restoring.ts";
import { HOLDER_B, holdS3, lockText, openWorld, type World } from "#lib/services/testing/world.ts";
import { listUnlocks } from "./list-unlocks.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
beforeEach(() => world.reset());
afterAll(() => world.close());

function countingRestores(): { ctx: Context; counted: readonly RestoreOutcome[] } {
  const counted: RestoreOutcome[] = [];
  const counters = { ...world.ctx.counters, restoreEnded: (outcome: RestoreOutcome) => void counted.push(outcome) };
  return { ctx: { ...world.ctx, counters }, counted };
}

async function listRestored(): Promise<Record<string, RestoreOutcome | null>> {
  const { unlocks } = await listUnlocks(world.ctx, { limit: 10 });
  return Object.fromEntries(unlocks.map(({ id, restoreOutcome }) => [id, restoreOutcome]));
}

test("the list says of each unlock whether it was put back, and an attempt without effect is no mark; both are counted", async () => {
  const { ctx, counted } = countingRestores();
  const taken = await unlockForRestore(world, "s3");
  holdS3(world, lockText(HOLDER_B));
  await restore(world, taken, { ctx });
  await world.reset();
  const back = await unlockForRestore(world, "s3");
  await restore(world, back, { ctx });
  await expect(restore(world, back, { ctx })).rejects.toMatchObject({ code: "invalid" });

  expect(await listRestored()).toMatchObject({ [taken.id]: null, [back.id]: "restored" });
  expect(counted).toEqual(["changed", "restored", "refused"]);
});

test("an unlock is marked while it is being put back", async () => {
  const unlock = await unlockForRestore(world, "s3");
  const during: (RestoreOutcome | null | undefined)[] = [];
  world.sandbox.onRequest(async ({ operation }, phase) => {
    if (operation === "PutObject" && phase === "before") during.push((await listRestored())[unlock.id]);
  });

  await restore(world, unlock);

  expect([during, (await listRestored())[unlock.id]]).toEqual([["unknown"], "restored"]);
});
