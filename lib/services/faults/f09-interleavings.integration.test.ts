import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { runInterleavings } from "#lib/services/testing/interleavings.ts";
import { openWorld, type World } from "#lib/services/testing/world.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
beforeEach(() => world.reset());
afterAll(() => world.close());

test("F9: removes no lock of another holder in 150 interleavings of releases and retakes with our requests", async () => {
  const tally = await runInterleavings(world, 150);

  expect(tally).toMatchObject({ runs: 150, wrongDeletes: 0 });
  expect(tally.retakes).toBeGreaterThan(50);
  expect(tally.outcomes["released"]).toBeGreaterThan(0);
  expect(tally.outcomes["changed"]).toBeGreaterThan(0);
}, 120_000);
