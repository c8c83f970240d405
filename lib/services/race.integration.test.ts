import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { runInterleavings } from "./testing/interleavings.ts";
import { openWorld, type World } from "./testing/world.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
beforeEach(() => world.reset());
afterAll(() => world.close());

test("removes no lock of another holder in 300 interleavings of releases and retakes with our requests", async () => {
  const tally = await runInterleavings(world, 300);

  expect(tally).toMatchObject({ runs: 300, wrongDeletes: 0 });
  expect(tally.retakes).toBeGreaterThan(100);
  expect(tally.outcomes["released"]).toBeGreaterThan(0);
  expect(tally.outcomes["changed"]).toBeGreaterThan(0);
}, 120_000);
