import { afterEach, expect, test, vi } from "vitest";
import { unlockDuringFailovers } from "#lib/services/testing/failover-rounds.ts";
import { printFigure, SOAK_STORES, useStore } from "#lib/services/testing/soak-stores.ts";

afterEach(() => {
  vi.unstubAllEnvs();
});

test.each(SOAK_STORES.filter((store) => store === "postgres"))(
  "F28: 1,000 unlocks on %s with connections terminated all the time: wholly recorded or not at all",
  async (store) => {
    useStore(store);
    const tally = await unlockDuringFailovers(1_000);

    printFigure(`F28 ${store}`, tally);
    expect(tally.findings.broken).toEqual([]);
  },
);
