import { expect, test } from "vitest";
import { runInterleavings } from "./testing/interleavings.ts";
import { openWorld } from "./testing/world.ts";

test("removes no lock of another holder in 10,000 interleavings", async () => {
  const world = await openWorld();
  try {
    const tally = await runInterleavings(world, 10_000);
    process.stdout.write(`interleavings: ${JSON.stringify(tally)}\n`);
    expect(tally).toMatchObject({ runs: 10_000, wrongDeletes: 0 });
  } finally {
    await world.close();
  }
});
