import { expect, test } from "vitest";
import { hostileBodies } from "#lib/domain/testing/hostile-corpus.ts";
import { releaseHostileBodies } from "#lib/services/testing/hostile-bodies.ts";
import { SOAK_STORES, useStore } from "#lib/services/testing/soak-stores.ts";
import { openWorld } from "#lib/services/testing/world.ts";

test.each(SOAK_STORES)("releases every hostile S3 lock, and keeps its bytes in the record: %s", async (store) => {
  useStore(store);
  const world = await openWorld();
  try {
    await releaseHostileBodies(world, hostileBodies);
    expect(hostileBodies.length).toBeGreaterThan(250);
  } finally {
    await world.close();
  }
});
