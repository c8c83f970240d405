import { afterAll, beforeAll, expect, test } from "vitest";
import { examineAccount, type Finding } from "./examine-account.ts";
import { makeSource, type SandboxAccount, startSandboxAccount, TEST_LIMITS } from "./testing/sandbox-account.ts";

let world: SandboxAccount;
beforeAll(async () => {
  world = await startSandboxAccount();
});
afterAll(() => world.sandbox.close());

const missing = (findings: readonly Finding[]) => findings.filter(({ problem }) => problem !== null);
const options = () => ({ env: world.env, limits: TEST_LIMITS });

test("an account in which everything is allowed has nothing to mend, and nothing is written to find out", async () => {
  const sources = [world.newBucket(), await world.newTable()];

  const findings = await examineAccount(world.account, sources, options());

  expect(missing(findings)).toEqual([]);
  expect(findings.map(({ subject }) => subject)).toEqual([
    `identity for scans is of account ${world.account.id}`,
    `bucket ${sources[0]?.name}: list`,
    `bucket ${sources[0]?.name}: read a lock`,
    `table ${sources[1]?.name}: read its capacity`,
    `table ${sources[1]?.name}: scan`,
    `table ${sources[1]?.name}: read a lock`,
    ...sources.flatMap(({ name }) => [
      `unlock in ${name}: role ${world.account.unlockRoleArn}`,
      `restore in ${name}: role ${world.account.restoreRoleArn}`,
    ]),
  ]);
  expect(world.sandbox.journal({ isWrite: true })).toEqual([]);
});

test("what a role may not do is named with the statement to add", async () => {
  const allow = ["s3:ListBucket", "dynamodb:Scan"];
  world.sandbox.addRole({ accountId: world.account.id, name: "half", externalId: "ext-1", allow });
  const account = { ...world.account, scanRoleArn: `arn:aws:iam::${world.account.id}:role/half` };
  const bucket = makeSource(account, "s3", world.newBucket().name);
  const table = makeSource(account, "dynamodb", (await world.newTable()).name);

  const found = missing(await examineAccount(account, [bucket, table], options()));

  expect(found.map(({ subject }) => subject)).toEqual([
    `bucket ${bucket.name}: read a lock`,
    `table ${table.name}: read its capacity`,
    `table ${table.name}: read a lock`,
  ]);
  expect(found.map(({ problem }) => JSON.parse(problem?.statement ?? "{}").Action)).toEqual([
    "s3:GetObject",
    "dynamodb:DescribeTable",
    "dynamodb:GetItem",
  ]);
});

test("a role that is not there, and an identity of another account, are said", async () => {
  const account = { ...world.account, id: "999999999999", unlockRoleArn: `arn:aws:iam::${world.account.id}:role/none` };
  const bucket = makeSource(account, "s3", world.newBucket().name);

  const found = missing(await examineAccount(account, [bucket], options()));

  expect(found[0]?.problem?.message).toBe(`AWS says that the identity is of account ${world.account.id}.`);
  expect(found.map(({ subject }) => subject)).toContain(`unlock in ${bucket.name}: role ${account.unlockRoleArn}`);
  expect(found.find(({ subject }) => subject.startsWith("unlock"))?.problem?.hint).toContain("trust policy");
});

test("an account without roles is examined with the ambient identity, whose restores are not a role of their own", async () => {
  world.sandbox.addAccessKey({ accessKeyId: "AKIADOCTOR", secretAccessKey: "s", accountId: world.account.id });
  const account = { ...world.account, scanRoleArn: null, unlockRoleArn: null, restoreRoleArn: null, externalId: null };
  const bucket = makeSource(account, "s3", world.newBucket().name);
  const env = { AWS_ACCESS_KEY_ID: "AKIADOCTOR", AWS_SECRET_ACCESS_KEY: "s" };

  const findings = await examineAccount(account, [bucket], { env, limits: TEST_LIMITS });

  expect(missing(findings)).toEqual([]);
  expect(findings.at(-1)?.subject).toBe(`unlock in ${bucket.name}: own identity`);
});
