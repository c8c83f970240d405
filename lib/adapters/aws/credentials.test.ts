import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { AccountSettings, SourceIdentityMode } from "#lib/domain/account.ts";
import { AppError } from "#lib/services/errors.ts";
import { formatSessionName } from "./credentials.ts";
import { createScanner } from "./source-scanner.ts";
import {
  makeSource,
  openUnlock,
  type SandboxAccount,
  startSandboxAccount,
  TEST_LIMITS,
} from "./testing/sandbox-account.ts";
import { createUnlockGateway } from "./unlock-gateway.ts";

let world: SandboxAccount;
beforeAll(async () => {
  world = await startSandboxAccount();
});
afterEach(() => {
  world.sandbox.clearFaults();
  world.sandbox.clearJournal();
});
afterAll(() => world.sandbox.close());

const quiet = () => undefined;
const UNLOCK = {
  unlockId: "01K0000000000000000000000A",
  actor: { kind: "person", name: "jo", authenticatedBy: "local" },
  halves: [],
  timeoutMs: 2_000,
} as const;

test("scans of one account share one assumed role until it is about to expire", async () => {
  let nowMs = Date.now();
  const scanner = createScanner({ env: world.env, now: () => nowMs, limits: TEST_LIMITS });
  const bucket = world.newBucket();
  const table = await world.newTable();

  await Promise.all([scanner.sweep(bucket, [], quiet), scanner.sweep(table, [], quiet)]);
  await scanner.sweep({ ...bucket, region: "us-east-1" }, [], quiet);
  const [assumed, ...others] = world.sandbox.journal({ operation: "AssumeRole" });
  nowMs += 56 * 60_000;
  await scanner.sweep({ ...bucket, region: "us-west-2" }, [], quiet);

  expect(others).toEqual([]);
  const form = new URLSearchParams(assumed?.body);
  expect(form.get("RoleArn")).toBe(bucket.account.scanRoleArn);
  expect(form.get("RoleSessionName")).toBe("lockkeeper-scan");
  expect(form.get("ExternalId")).toBe("ext-1");
  expect(form.get("DurationSeconds")).toBe("3600");
  expect(world.sandbox.journal({ operation: "AssumeRole" })).toHaveLength(2);
});

test("every unlock assumes the unlock role anew, under its own name, for 15 minutes", async () => {
  const bucket = world.newBucket();
  const table = await world.newTable();
  await createScanner({ env: world.env, limits: TEST_LIMITS }).sweep(bucket, [], quiet);
  world.sandbox.clearJournal();

  (await openUnlock(world, [bucket, table], { timeoutMs: 2_000, unlockId: "one", locations: ["x.tflock"] })).close();
  (await openUnlock(world, [bucket], { timeoutMs: 2_000, unlockId: "two" })).close();

  const forms = world.sandbox.journal().map((entry) => new URLSearchParams(entry.body));
  expect(forms.map((form) => form.get("RoleSessionName"))).toEqual(["lockkeeper-one", "lockkeeper-two"]);
  expect(forms.map((form) => form.get("RoleArn"))).toEqual(Array(2).fill(bucket.account.unlockRoleArn));
  expect(forms.map((form) => form.get("DurationSeconds"))).toEqual(["900", "900"]);
  expect(forms.map((form) => form.get("ExternalId"))).toEqual(["ext-1", "ext-1"]);
});

test.each([
  ["whenPermitted", { refuses: false }, ["jo"], "jo"],
  ["whenPermitted", { refuses: true }, ["jo", null], null],
  ["required", { refuses: false }, ["jo"], "jo"],
  ["off", { refuses: true }, [null], null],
] as const)(
  "an unlock's session carries the person's name into CloudTrail, %s, where the role's trust %j",
  async (sourceIdentity, { refuses }, asked, carried) => {
    const account = newRole({ sourceIdentity, refusesSourceIdentity: refuses });

    const session = await openUnlock(world, [world.newBucket({ account })], { timeoutMs: 2_000 });
    session.close();

    const forms = world.sandbox.journal({ operation: "AssumeRole" }).map((entry) => new URLSearchParams(entry.body));
    expect(forms.map((form) => form.get("SourceIdentity"))).toEqual(asked);
    expect(session.sourceIdentities).toEqual({ [account.name]: carried });
  },
);

test("where the person's name is required, a role that refuses it is not assumed without", async () => {
  const account = newRole({ sourceIdentity: "required", refusesSourceIdentity: true });

  const opening = openUnlock(world, [world.newBucket({ account })], { timeoutMs: 2_000 });

  await expect(opening).rejects.toMatchObject({ code: "refused" });
  expect(world.sandbox.journal({ operation: "AssumeRole" })).toHaveLength(1);
});

test("a session is not asked for again without the name when STS is in trouble", async () => {
  world.sandbox.addFault({
    match: { operation: "AssumeRole" },
    effect: { kind: "status", status: 500, code: "InternalFailure" },
  });

  await expect(openUnlock(world, [world.newBucket()], { timeoutMs: 2_000 })).rejects.toBeInstanceOf(AppError);
  expect(world.sandbox.journal({ operation: "AssumeRole" })).toHaveLength(1);
});

test("an unlock's requests carry the unlock role, a scan's the scan role", async () => {
  const bucket = world.newBucket();
  world.sandbox.putObject(bucket.name, "x.tflock", "{}");
  const half = { sourceId: bucket.id, mechanism: "s3", location: "x.tflock" } as const;
  const scanner = createScanner({ env: world.env, limits: TEST_LIMITS });

  await scanner.readHalf(bucket, half);
  const session = await openUnlock(world, [bucket], { timeoutMs: 2_000 });
  await session.readHalf(half);
  await scanner.readHalf(bucket, half);
  session.close();

  const roles = world.sandbox.journal({ service: "s3" }).map((entry) => entry.principal?.role);
  expect(roles).toEqual(["scan", "unlock", "scan"]);
});

test("a wrong external ID is a refused role, in words, and the statement that is needed", async () => {
  const bucket = world.newBucket();
  const account = { ...bucket.account, externalId: "wrong" };
  const source = makeSource(account, "s3", bucket.name);

  const result = await createScanner({ env: world.env, limits: TEST_LIMITS }).sweep(source, [], quiet);
  const opening = createUnlockGateway({ env: world.env, limits: TEST_LIMITS }).openSession({
    ...UNLOCK,
    sources: [source],
  });

  expect(result).toMatchObject({ outcome: "error", error: { code: "role_refused" } });
  const statement = { Effect: "Allow", Action: "sts:AssumeRole", Resource: account.scanRoleArn };
  expect(JSON.parse(result.error?.statement ?? "")).toEqual(statement);
  await expect(opening).rejects.toMatchObject({ code: "refused", message: expect.stringContaining("role/unlock") });
  await expect(opening).rejects.toBeInstanceOf(AppError);
  expect(world.sandbox.journal({ service: "s3" })).toEqual([]);
});

test("an STS that hangs or breaks makes a source late or unreachable, and an unlock unavailable", async () => {
  const bucket = world.newBucket();
  const limits = { ...TEST_LIMITS, requestMs: 300, scanCallMs: 600, scanAttempts: 1 };
  for (const effect of [{ kind: "hang" }, { kind: "drop-before" }] as const) {
    world.sandbox.clearFaults();
    world.sandbox.addFault({ match: { operation: "AssumeRole" }, effect });

    const result = await createScanner({ env: world.env, limits }).sweep(bucket, [], quiet);
    const opening = createUnlockGateway({ env: world.env, limits }).openSession({
      ...UNLOCK,
      sources: [bucket],
      timeoutMs: 300,
    });

    expect(result.error?.code).toBe(effect.kind === "hang" ? "timeout" : "unreachable");
    expect(result.error?.message).toContain("role/scan");
    await expect(opening).rejects.toBeInstanceOf(AppError);
  }
});

test("a role that could not be assumed is asked for again by the next sweep", async () => {
  const bucket = world.newBucket();
  const scanner = createScanner({ env: world.env, limits: TEST_LIMITS });
  const effect = { kind: "status", status: 403, code: "AccessDenied" } as const;
  world.sandbox.addFault({ match: { operation: "AssumeRole" }, effect, times: 1 });

  expect((await scanner.sweep(bucket, [], quiet)).error?.code).toBe("role_refused");
  expect((await scanner.sweep(bucket, [], quiet)).outcome).toBe("ok");
});

test("credentials that AWS calls expired are replaced by the next sweep", async () => {
  const bucket = world.newBucket();
  const scanner = createScanner({ env: world.env, limits: TEST_LIMITS });
  await scanner.sweep(bucket, [], quiet);
  const effect = { kind: "status", status: 400, code: "ExpiredToken" } as const;
  world.sandbox.addFault({ match: { operation: "ListObjectsV2" }, effect, times: 1 });

  expect((await scanner.sweep(bucket, [], quiet)).outcome).toBe("error");
  expect((await scanner.sweep(bucket, [], quiet)).outcome).toBe("ok");

  expect(world.sandbox.journal({ operation: "AssumeRole" })).toHaveLength(2);
});

test("without a role the ambient credentials are used, and STS is not asked", async () => {
  world.sandbox.addAccessKey({ accessKeyId: "AKIAOWNER", secretAccessKey: "s", accountId: world.account.id });
  const account = { ...world.account, scanRoleArn: null, unlockRoleArn: null, externalId: null };
  const bucket = makeSource(account, "s3", world.newBucket().name);
  world.sandbox.putObject(bucket.name, "x.tflock", "{}");
  const env = { AWS_ACCESS_KEY_ID: "AKIAOWNER", AWS_SECRET_ACCESS_KEY: "s" };

  const result = await createScanner({ env, limits: TEST_LIMITS }).sweep(bucket, [], quiet);
  const session = await createUnlockGateway({ env, limits: TEST_LIMITS }).openSession({ ...UNLOCK, sources: [bucket] });
  const read = await session.readHalf({ sourceId: bucket.id, mechanism: "s3", location: "x.tflock" });
  session.close();

  expect(result.halves).toHaveLength(1);
  expect(read.kind).toBe("present");
  expect(world.sandbox.journal({ service: "sts" })).toEqual([]);
});

test.each([
  ["01K0000000000000000000000A", "lockkeeper-01K0000000000000000000000A"],
  ["a b/ü", "lockkeeper-a-b--"],
  ["x".repeat(80), `lockkeeper-${"x".repeat(53)}`],
])("an unlock id %j becomes a session name that STS accepts", (unlockId, name) => {
  expect(formatSessionName(unlockId)).toBe(name);
  expect(formatSessionName(unlockId)).toMatch(/^[\w+=,.@-]{2,64}$/);
});

/** An account whose unlock role is a new one. */
function newRole(options: { sourceIdentity: SourceIdentityMode; refusesSourceIdentity: boolean }): AccountSettings {
  const { sourceIdentity, refusesSourceIdentity } = options;
  const name = `unlock-${sourceIdentity}-${refusesSourceIdentity}`;
  world.sandbox.addRole({ accountId: world.account.id, name, externalId: "ext-1", refusesSourceIdentity });
  return { ...world.account, sourceIdentity, unlockRoleArn: `arn:aws:iam::${world.account.id}:role/${name}` };
}
