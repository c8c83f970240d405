import { expect, test } from "vitest";
import { unlockDuringFailovers } from "#lib/services/testing/failover-rounds.ts";

test("F28: with connections terminated all the time each unlock is recorded wholly or not at all, and the trail is whole", async () => {
  const { terminated, answers, findings } = await unlockDuringFailovers(40);

  expect(terminated).toBeGreaterThan(0);
  expect(findings.broken).toEqual([]);
  expect(Object.keys(answers).filter((answer) => !["released", "unknown", "unavailable"].includes(answer))).toEqual([]);
});
