import { afterEach, expect, test } from "vitest";
import { openCrashLab } from "#lib/services/testing/crash-lab.ts";
import { killProcesses } from "#lib/services/testing/crash-process.ts";
import { crashRepeatedly, FEW_KILLS } from "#lib/services/testing/crash-rounds.ts";
import { expectWithoutHistory } from "./crash-expectations.ts";

afterEach(killProcesses);

test("F3: after kill -9 between intent and delete the record says not executed, the lock is there, and no delete is sent", async () => {
  const lab = await openCrashLab();
  try {
    const points = ["after_intent", "before_send"] as const;
    const tally = await crashRepeatedly(lab, { points, killsEach: FEW_KILLS, expected: expectWithoutHistory });

    expect(tally.kills).toBe(2 * FEW_KILLS);
  } finally {
    await lab.close();
  }
}, 120_000);
