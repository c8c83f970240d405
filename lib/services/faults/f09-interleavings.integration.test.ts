import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { runInterleavings, SURE_RETAKES } from "#lib/services/testing/interleavings.ts";
import { openWorld, type World } from "#lib/services/testing/world.ts";

/** `npm run test:soak` has 10,000. */
const RUNS = 40;

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
beforeEach(() => world.reset());
afterAll(() => world.close());

test(`F9: removes no lock of another holder in ${RUNS} interleavings of releases and retakes with our requests`, async () => {
  const tally = await runInterleavings(world, RUNS);

  expect(tally).toMatchObject({ runs: RUNS, wrongDeletes: 0 });
  expect(tally.retakes).toBeGreaterThanOrEqual(SURE_RETAKES);
  expect(tally.outcomes["released"]).toBeGreaterThan(0);
  expect(tally.outcomes["changed"]).toBeGreaterThan(0);
}, 120_000);
