import { afterEach, expect, test } from "vitest";
import { openCrashLab } from "#lib/services/testing/crash-lab.ts";
import { killProcesses } from "#lib/services/testing/crash-process.ts";
import { raceRepeatedly } from "#lib/services/testing/race-rounds.ts";

afterEach(killProcesses);

test("F11: of 50 unlocks in each of two processes one sends a delete, and the others are told by whom it is being unlocked", async () => {
  const lab = await openCrashLab();
  try {
    const tally = await raceRepeatedly(lab, 3);

    expect(tally.rounds).toBe(3);
  } finally {
    await lab.close();
  }
}, 120_000);
