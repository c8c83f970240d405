import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { DeleteItemCommand, DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import type { AccountSettings } from "#lib/domain/account.ts";
import type { Source } from "#lib/domain/source.ts";
import { createScanner } from "./source-scanner.ts";
import {
  addressOf,
  makeSource,
  openRestore,
  openUnlock,
  type SandboxAccount,
  startSandboxAccount,
  TEST_LIMITS,
} from "./testing/sandbox-account.ts";

const MODULE = resolve("deploy/aws");
const hasTerraform = spawnSync("terraform", ["version"], { stdio: "ignore" }).status === 0;
const isSkipped = !hasTerraform && process.env["CI"] !== "true";
const ROLES = ["scan", "unlock", "restore"] as const;
type Role = (typeof ROLES)[number];

let world: SandboxAccount;
let account: AccountSettings;
let bucket: Source;
let table: Source;

beforeAll(async () => {
  if (isSkipped) return;
  world = await startSandboxAccount();
  bucket = world.newBucket();
  table = await world.newTable();
  const documents = renderPolicies({ bucket: bucket.name, table: table.name });
  for (const role of ROLES) {
    world.sandbox.addRole({ accountId: world.account.id, name: `deployed-${role}`, policy: documents[role] });
  }
  const arn = (role: Role) => `arn:aws:iam::${world.account.id}:role/deployed-${role}`;
  account = {
    ...world.account,
    externalId: null,
    scanRoleArn: arn("scan"),
    unlockRoleArn: arn("unlock"),
    restoreRoleArn: arn("restore"),
  };
  bucket = makeSource(account, "s3", bucket.name);
  table = makeSource(account, "dynamodb", table.name);
});
afterAll(() => world?.sandbox.close());

const LOCK = '{"ID":"a"}';
const KEY = "acme/x.tflock";
const LOCK_ID = "acme/x";

test.skipIf(isSkipped)("the module is formatted as Terraform formats", () => {
  expect(spawnSync("terraform", ["fmt", "-check", "-recursive", MODULE]).status).toBe(0);
});

test.skipIf(isSkipped)("the module's roles let locks be found, released and put back", async () => {
  world.sandbox.putObject(bucket.name, KEY, LOCK);
  world.sandbox.putObject(bucket.name, "acme/x", "state");
  await world.sandbox.putItem(account.id, table.region, table.name, { LockID: { S: LOCK_ID }, Info: { S: LOCK } });
  const scanner = createScanner({ env: world.env, limits: TEST_LIMITS });

  const swept = await Promise.all([bucket, table].map((source) => scanner.sweep(source, [], () => undefined)));
  const locations = [KEY, LOCK_ID];
  const unlock = await openUnlock(world, [bucket, table], { timeoutMs: 5_000, locations });
  const halves = [addressOf(bucket, KEY), addressOf(table, LOCK_ID)];
  const reads = await Promise.all(halves.map((half) => unlock.readHalf(half)));
  const deletions = await Promise.all(
    halves.map((half, index) => {
      const read = reads[index];
      if (read?.kind !== "present") throw new Error(`Expected a half, but it is ${read?.kind}.`);
      return unlock.deleteHalf(half, read.guard);
    }),
  );
  const after = await Promise.all(halves.map((half) => unlock.readHalf(half)));
  unlock.close();
  const puts = await Promise.all(
    [bucket, table].map(async (source, index) => {
      const location = locations[index] ?? "";
      const session = await openRestore(world, source, { locations: [location] });
      onTestFinished(session.close);
      const read = reads[index];
      const recreate = read?.kind === "present" ? (read.recreate ?? "") : "";
      return session.putHalf(addressOf(source, location), { raw: Buffer.from(LOCK), recreate });
    }),
  );

  expect(swept).toMatchObject([{ outcome: "ok" }, { outcome: "ok" }]);
  expect(swept.map(({ halves: found, notice }) => [found.length, notice ?? null])).toEqual([
    [1, null],
    [1, null],
  ]);
  expect(deletions.map(({ kind }) => kind)).toEqual(["deleted", "deleted"]);
  expect(after.map(({ kind }) => kind)).toEqual(["absent", "absent"]);
  expect(puts.map(({ kind }) => kind)).toEqual(["put", "put"]);
});

test.skipIf(isSkipped)(
  "the module's roles cannot touch a state or a digest, or delete without a condition",
  async () => {
    world.sandbox.putObject(bucket.name, "acme/state", "state");
    const { etag } = world.sandbox.putObject(bucket.name, "acme/held.tflock", LOCK);
    await world.sandbox.putItem(account.id, table.region, table.name, { LockID: { S: "acme/d-md5" } });
    const state = { Bucket: bucket.name, Key: "acme/state" };
    const held = { Bucket: bucket.name, Key: "acme/held.tflock" };
    const digest = { TableName: table.name, Key: { LockID: { S: "acme/d-md5" } } };
    const [scan, unlock, restore] = await Promise.all(ROLES.map(clientsOf));
    if (scan === undefined || unlock === undefined || restore === undefined) throw new Error("A role is missing.");

    const refused = [
      scan.s3.send(new GetObjectCommand(state)),
      scan.s3.send(new DeleteObjectCommand({ ...held, IfMatch: etag })),
      unlock.s3.send(new GetObjectCommand(state)),
      unlock.s3.send(new DeleteObjectCommand(held)),
      unlock.s3.send(new PutObjectCommand({ ...held, Body: "x", IfNoneMatch: "*" })),
      restore.s3.send(new GetObjectCommand(state)),
      restore.s3.send(new PutObjectCommand({ ...state, Body: "x" })),
      restore.s3.send(new PutObjectCommand({ ...held, Body: "x" })),
      restore.s3.send(new DeleteObjectCommand({ ...held, IfMatch: etag })),
      scan.dynamodb.send(new DeleteItemCommand(digest)),
      unlock.dynamodb.send(new DeleteItemCommand(digest)),
      restore.dynamodb.send(new PutItemCommand({ TableName: table.name, Item: { LockID: { S: "acme/e-md5" } } })),
      restore.dynamodb.send(new DeleteItemCommand(digest)),
    ];
    const names = await Promise.all(
      refused.map((call) =>
        call.then(
          () => "carried out",
          ({ name }) => name,
        ),
      ),
    );

    expect(names).toEqual([...Array(9).fill("AccessDenied"), ...Array(4).fill("AccessDeniedException")]);
  },
);

/** Renders the module's documents with the real Terraform; it needs no provider. */
function renderPolicies(names: { bucket: string; table: string }): Record<Role, string> {
  const folder = mkdtempSync(join(tmpdir(), "lockkeeper-deploy-"));
  const outputs = ROLES.map((role) => `output "${role}" {\n  value = module.policies.${role}\n}\n`).join("\n");
  writeFileSync(
    join(folder, "main.tf"),
    `module "policies" {
  source       = "${join(MODULE, "policies")}"
  account_id   = "${world.account.id}"
  partition    = "aws"
  buckets      = ["${names.bucket}"]
  tables       = [{ region = "${world.account.region}", name = "${names.table}" }]
  kms_key_arns = ["arn:aws:kms:eu-west-1:${world.account.id}:key/1"]
}

${outputs}`,
  );
  try {
    const run = (...args: string[]) =>
      execFileSync("terraform", args, { cwd: folder, encoding: "utf8", stdio: "pipe" });
    run("init", "-backend=false", "-input=false");
    run("apply", "-auto-approve", "-input=false");
    const rendered: Record<Role, { value: string }> = JSON.parse(run("output", "-json"));
    return { scan: rendered.scan.value, unlock: rendered.unlock.value, restore: rendered.restore.value };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The SDK's own clients under a role, without any rule or session policy of ours. */
async function clientsOf(role: Role): Promise<{ s3: S3Client; dynamodb: DynamoDBClient }> {
  const { region } = account;
  const base = { accessKeyId: world.env["AWS_ACCESS_KEY_ID"] ?? "", secretAccessKey: "any" };
  const sts = new STSClient({ endpoint: world.sandbox.stsUrl, region, credentials: base });
  const { Credentials: given } = await sts.send(
    new AssumeRoleCommand({
      RoleArn: `arn:aws:iam::${account.id}:role/deployed-${role}`,
      RoleSessionName: "lockkeeper-test",
    }),
  );
  const credentials = {
    accessKeyId: given?.AccessKeyId ?? "",
    secretAccessKey: given?.SecretAccessKey ?? "",
    sessionToken: given?.SessionToken ?? "",
  };
  const s3 = new S3Client({ endpoint: world.sandbox.s3Url, forcePathStyle: true, region, credentials });
  const dynamodb = new DynamoDBClient({ endpoint: world.sandbox.dynamodbUrl, region, credentials });
  onTestFinished(() => {
    for (const client of [sts, s3, dynamodb]) client.destroy();
  });
  return { s3, dynamodb };
}
