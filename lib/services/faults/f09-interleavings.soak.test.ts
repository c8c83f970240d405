import { expect, test } from "vitest";
import { runInterleavings } from "#lib/services/testing/interleavings.ts";
import { printFigure } from "#lib/services/testing/soak-stores.ts";
import { openWorld } from "#lib/services/testing/world.ts";

test("F9: removes no lock of another holder in 10,000 interleavings", async () => {
  const world = await openWorld();
  try {
    const tally = await runInterleavings(world, 10_000);
    printFigure("F9 interleavings", tally);
    expect(tally).toMatchObject({ runs: 10_000, wrongDeletes: 0 });
  } finally {
    await world.close();
  }
});
