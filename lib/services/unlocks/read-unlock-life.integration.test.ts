import { afterAll, beforeAll, expect, test } from "vitest";
import { restore, unlockForRestore } from "#lib/services/testing/restoring.ts";
import { openWorld, type World } from "#lib/services/testing/world.ts";
import { getUnlock } from "./list-unlocks.ts";
import { readUnlockLife } from "./read-unlock-life.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

test("an unlock that was undone is told whole: each step has its line in the trail, its halves and what AWS answered", async () => {
  const unlock = await unlockForRestore(world, "both");
  await restore(world, unlock, { reason: "the run was alive after all" });
  await expect(restore(world, unlock)).rejects.toThrow("cannot be undone");

  const { steps, isCut } = await readUnlockLife(world.ctx, await getUnlock(world.ctx, unlock.id));

  expect(isCut).toBe(false);
  expect(steps.map(({ of, kind, outcome }) => [of, kind, outcome])).toEqual([
    ["unlock", "requested", null],
    ["unlock", "intent", null],
    ["unlock", "outcome", "released"],
    ["restore", "requested", null],
    ["restore", "intent", null],
    ["restore", "outcome", "restored"],
    ["restore", "refused", "refused"],
  ]);
  const seqs = steps.map(({ seq }) => seq).filter((seq) => seq !== null);
  expect(seqs).toEqual(seqs.toSorted((a, b) => a - b));
  expect(steps.every(({ isMissing, recordSays }) => !isMissing && recordSays === null)).toBe(true);
  for (const step of steps.filter(({ kind }) => kind === "outcome")) {
    expect(step.halves).toHaveLength(2);
    expect(step.halves.every((half) => half.awsRequestIds.length === 2)).toBe(true);
  }
  expect(steps.at(-1)).toMatchObject({ actor: "riley", problem: expect.stringContaining("undone already") });
});
