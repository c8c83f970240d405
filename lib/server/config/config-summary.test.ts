import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import type { Config } from "./config.ts";
import { summariseConfig } from "./config-summary.ts";
import { FULL, read } from "./config-texts.ts";

const SECRETS = { LOCKKEEPER_EXTERNAL_ID: "S3CR3T-external", LOCKKEEPER_WEBHOOK_SECRET: "S3CR3T-of-the-webhook-0000" };

function configOf(text: string, env: Record<string, string> = SECRETS): Config {
  const parsed = read(text, env);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.config;
}

function summarise(text: string, env?: Record<string, string>) {
  return summariseConfig(configOf(text, env), (data) => createHash("sha256").update(data).digest("hex"));
}

test("a summary names accounts, sources and destinations, and holds no value and nothing secret", () => {
  const summary = summarise(FULL);

  expect(summary).toMatchObject({
    digest: expect.stringMatching(/^[0-9a-f]{64}$/),
    accounts: 1,
    sources: [
      "dynamodb:payments-prod:eu-west-1:terraform-locks",
      "s3:payments-prod:eu-west-1:acme-other",
      "s3:payments-prod:us-east-1:acme-payments-tfstate:teams/",
    ],
  });
  expect(Object.keys(summary.parts)).toEqual([
    "account payments-prod",
    "scan",
    "restore",
    "access",
    "checkpoints",
    "webhook siem",
  ]);
  expect(JSON.stringify(summary)).not.toMatch(/S3CR3T|audit-ext|arn:|https?:|the-secret/);
});

test.each([
  ["an unlock role", "role/lockkeeper-unlock", "role/other", "account payments-prod"],
  ["an endpoint", "http://127.0.0.1:9000", "http://127.0.0.1:9001", "account payments-prod"],
  ["the interval of scans", "every: 5m", "every: 6m", "scan"],
  ["the window of restores", "window: 30m", "window: 0s", "restore"],
  ["the bucket of checkpoints", "acme-audit", "acme-audit-2", "checkpoints"],
  ["the role of checkpoints", "role/lockkeeper-checkpoints", "role/other", "checkpoints"],
  ["the receiver of events", "tenant=7", "tenant=8", "webhook siem"],
  ["a second secret less", "\n        - the-secret-used-until-now", "", "webhook siem"],
])("%s that changes, changes the digest of its part alone", (_name, before, after, part) => {
  const [old, now] = [summarise(FULL), summarise(FULL.replace(before, after))];

  expect(now.digest).not.toBe(old.digest);
  expect(Object.keys(now.parts).filter((name) => now.parts[name] !== old.parts[name])).toEqual([part]);
  expect(now.sources).toEqual(old.sources);
});

test("another external id changes its account, and another value of a secret nothing", () => {
  const old = summarise(FULL);

  expect(summarise(FULL, { ...SECRETS, LOCKKEEPER_EXTERNAL_ID: "another" }).parts).not.toEqual(old.parts);
  expect(summarise(FULL, { ...SECRETS, LOCKKEEPER_WEBHOOK_SECRET: "x".repeat(30) })).toEqual(old);
});

test("the order of keys and of sources says nothing", () => {
  const { accounts, ...rest } = configOf(FULL);
  const turned: Config = {
    ...rest,
    accounts: accounts.map(({ name, buckets, ...account }) => ({ ...account, buckets: buckets.toReversed(), name })),
  };
  const sha256 = (data: string) => createHash("sha256").update(data).digest("hex");

  expect(summariseConfig(turned, sha256)).toEqual(summarise(FULL));
});

test("a source that is looked at more or less often than before shows in what changed", () => {
  const before = summarise(FULL);
  const after = summarise(FULL.replace("requestsPerDay: 2000", "requestsPerDay: 2001"));

  expect(after.parts["scan"]).not.toBe(before.parts["scan"]);
  expect(after.parts["account payments-prod"]).toBe(before.parts["account payments-prod"]);
});
