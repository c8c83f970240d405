import { afterEach, expect, test } from "vitest";
import { openCrashLab } from "#lib/services/testing/crash-lab.ts";
import { killProcesses } from "#lib/services/testing/crash-process.ts";
import { FEW_KILLS, killRepeatedly } from "#lib/services/testing/crash-rounds.ts";

afterEach(killProcesses);

test("F5: after kill -9 at random times each intent has one outcome that is the truth, and the trail has no gap", async () => {
  const lab = await openCrashLab();
  try {
    const { findings } = await killRepeatedly(lab, { kills: 2 * FEW_KILLS, afterMsMax: 400 });

    expect(findings?.broken).toEqual([]);
    expect(findings?.intents).toBeGreaterThanOrEqual(2 * FEW_KILLS);
  } finally {
    await lab.close();
  }
}, 120_000);
