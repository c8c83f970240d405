import { afterEach, expect, test, vi } from "vitest";
import { openCrashLab } from "#lib/services/testing/crash-lab.ts";
import { killProcesses } from "#lib/services/testing/crash-process.ts";
import { raceRepeatedly } from "#lib/services/testing/race-rounds.ts";
import { printFigure, SOAK_STORES, useStore } from "#lib/services/testing/soak-stores.ts";

const ROUNDS = 200;

afterEach(() => {
  killProcesses();
  vi.unstubAllEnvs();
});

test.each(SOAK_STORES.filter((store) => store === "postgres"))(
  "F11: 200 rounds of 50 unlocks in each of two processes on %s: one delete for each half, and the others know at once",
  async (store) => {
    useStore(store);
    const lab = await openCrashLab();
    try {
      const { knewAfterMs, ...tally } = await raceRepeatedly(lab, ROUNDS);

      const atShare = (share: number) => knewAfterMs[Math.floor((knewAfterMs.length - 1) * share)];
      printFigure(`F11 ${store}`, {
        ...tally,
        knewAfterMs: { p50: atShare(0.5), p95: atShare(0.95), max: atShare(1) },
      });
      expect(tally.rounds).toBe(ROUNDS);
    } finally {
      await lab.close();
    }
  },
);
