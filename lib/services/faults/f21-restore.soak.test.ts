import { expect, test } from "vitest";
import { runRestoreInterleavings } from "#lib/services/testing/restore-interleavings.ts";
import { printFigure } from "#lib/services/testing/soak-stores.ts";
import { openWorld } from "#lib/services/testing/world.ts";

test("F21: overwrites no lock of another holder in 5,000 interleavings", async () => {
  const world = await openWorld();
  try {
    const tally = await runRestoreInterleavings(world, 5_000);
    printFigure("F21 interleavings", tally);
    expect(tally).toMatchObject({ runs: 5_000, overwritten: 0, putTwice: 0, falseSuccesses: 0 });
  } finally {
    await world.close();
  }
});
