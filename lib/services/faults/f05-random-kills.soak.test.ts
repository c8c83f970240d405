import { afterEach, expect, test, vi } from "vitest";
import { openCrashLab } from "#lib/services/testing/crash-lab.ts";
import { killProcesses } from "#lib/services/testing/crash-process.ts";
import { killRepeatedly } from "#lib/services/testing/crash-rounds.ts";
import { printFigure, SOAK_STORES, useStore } from "#lib/services/testing/soak-stores.ts";

const KILLS = 200;

afterEach(() => {
  killProcesses();
  vi.unstubAllEnvs();
});

test.each(SOAK_STORES)(
  "F5: 200 times kill -9 after 0 to 400 ms on %s: one outcome each, which is the truth, and a whole chain",
  async (store) => {
    useStore(store);
    const lab = await openCrashLab();
    try {
      const tally = await killRepeatedly(lab, { kills: KILLS, afterMsMax: 400 });

      printFigure(`F5 ${store}`, tally);
      expect(tally.kills).toBe(KILLS);
      expect(tally.findings?.broken).toEqual([]);
    } finally {
      await lab.close();
    }
  },
);
