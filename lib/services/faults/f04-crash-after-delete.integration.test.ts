import { afterEach, expect, test } from "vitest";
import { openCrashLab } from "#lib/services/testing/crash-lab.ts";
import { killProcesses } from "#lib/services/testing/crash-process.ts";
import { crashRepeatedly, FEW_KILLS } from "#lib/services/testing/crash-rounds.ts";
import { expectWithHistory, expectWithoutHistory } from "./crash-expectations.ts";

afterEach(killProcesses);

const COMMITTED = ["released"] as const;

test("F4: after kill -9 between delete and outcome the record says that the lock is gone, after exactly one delete", async () => {
  const lab = await openCrashLab();
  try {
    const points = ["after_send", "before_outcome", "after_outcome"] as const;
    const tally = await crashRepeatedly(lab, {
      points,
      killsEach: FEW_KILLS,
      expected: (dead, point) => (point === "after_outcome" ? COMMITTED : expectWithoutHistory(dead)),
    });

    expect(tally.kills).toBe(3 * FEW_KILLS);
  } finally {
    await lab.close();
  }
}, 120_000);

test("F4: in a versioned bucket the history says that it was released", async () => {
  const lab = await openCrashLab({ versioning: "enabled" });
  try {
    const tally = await crashRepeatedly(lab, {
      points: ["after_send"],
      killsEach: FEW_KILLS,
      expected: expectWithHistory,
    });

    expect(tally.kills).toBe(FEW_KILLS);
  } finally {
    await lab.close();
  }
}, 120_000);
