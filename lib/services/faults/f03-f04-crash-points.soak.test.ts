import { afterEach, expect, test, vi } from "vitest";
import { openCrashLab } from "#lib/services/testing/crash-lab.ts";
import { killProcesses } from "#lib/services/testing/crash-process.ts";
import { CRASH_POINTS } from "#lib/services/testing/crash-protocol.ts";
import { crashRepeatedly } from "#lib/services/testing/crash-rounds.ts";
import { printFigure, SOAK_STORES, useStore } from "#lib/services/testing/soak-stores.ts";
import { expectWithoutHistory } from "./crash-expectations.ts";

const KILLS = 100;
const ROWS = { after_intent: "F3", before_send: "F3", after_send: "F4", before_outcome: "F4", after_outcome: "F4" };

afterEach(() => {
  killProcesses();
  vi.unstubAllEnvs();
});

test.each(SOAK_STORES.flatMap((store) => CRASH_POINTS.map((point) => [ROWS[point], point, store] as const)))(
  "%s: 100 times kill -9 %s on %s: one outcome each, which is the truth, and a whole chain",
  async (row, point, store) => {
    useStore(store);
    const lab = await openCrashLab();
    try {
      const tally = await crashRepeatedly(lab, {
        points: [point],
        killsEach: KILLS,
        expected: (dead) => (point === "after_outcome" ? ["released"] : expectWithoutHistory(dead)),
      });

      printFigure(`${row} ${point} ${store}`, tally);
      expect(tally.kills).toBe(KILLS);
    } finally {
      await lab.close();
    }
  },
);
