import { expect, test } from "vitest";
import { read, withBucket } from "./config/config-texts.ts";
import { createScanRules } from "./scan-rules.ts";

const SCAN = { everyMs: 60_000, coldEveryMs: 3_600_000, requestsPerDay: 5_000 };
const account = {
  name: "a",
  id: "111122223333",
  region: "eu-west-1",
  scanRoleArn: null,
  unlockRoleArn: null,
  restoreRoleArn: null,
  externalId: null,
  endpoints: { s3: null, dynamodb: null, sts: null },
};
const source = (id: string) => ({ id, account, kind: "s3", name: id, region: "eu-west-1", prefix: "" }) as const;

test("a source follows its own settings, and else those for all", () => {
  const ruleOf = createScanRules(SCAN, [source("x"), { ...source("y"), everyMs: 300_000, requestsPerDay: 10 }]);

  expect(ruleOf({ id: "x" })).toMatchObject({ everyMs: 60_000, requestsPerDay: 5_000 });
  expect(ruleOf({ id: "y" })).toMatchObject({ everyMs: 300_000, requestsPerDay: 10 });
});

test("big buckets are swept whole at times of their own, and never later than is said", () => {
  const ids = Array.from({ length: 50 }, (_, index) => `s3:acme:eu-west-1:bucket-${index}`);
  const ruleOf = createScanRules(SCAN, ids.map(source));
  const colds = ids.map((id) => ruleOf({ id }).coldEveryMs);

  expect(Math.max(...colds)).toBeLessThanOrEqual(3_600_000);
  expect(Math.min(...colds)).toBeGreaterThanOrEqual(3_240_000);
  expect(new Set(colds).size).toBeGreaterThan(40);
});

test("sweeping whole each time stays so", () => {
  expect(createScanRules({ ...SCAN, coldEveryMs: 0 }, [source("x")])({ id: "x" }).coldEveryMs).toBe(0);
  const parsed = read(`${withBucket("abc")}scan: { coldEvery: 0s }\n`);
  expect(parsed.ok && parsed.config.scan.coldEveryMs).toBe(0);
});
