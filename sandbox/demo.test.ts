import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { GetItemCommand, ScanCommand } from "@aws-sdk/client-dynamodb";
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandOutput,
  type S3Client,
} from "@aws-sdk/client-s3";
import { AssumeRoleCommand } from "@aws-sdk/client-sts";
import { afterEach, beforeEach, expect, test } from "vitest";
import { parse } from "yaml";
import { failureOf, type Keys, startTarget, type Target } from "./conformance-target.ts";
import { DEMO_CREDENTIALS, seedDemo } from "./demo.ts";
import { formatLockBody } from "./lock-body.ts";

const PAYMENTS = "111122223333";
const PLATFORM = "444455556666";
const DATA = "777788889999";
const EXTERNAL_ID = "lockkeeper-demo";

let target: Target;
beforeEach(async () => {
  target = await startTarget();
});
afterEach(() => target.close());

async function assume(accountId: string, role: string): Promise<Keys> {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = DEMO_CREDENTIALS;
  const sts = target.sts({ keys: { accessKeyId, secretAccessKey } });
  const RoleArn = `arn:aws:iam::${accountId}:role/${role}`;
  const { Credentials } = await sts.send(
    new AssumeRoleCommand({ RoleArn, RoleSessionName: "demo", ExternalId: EXTERNAL_ID }),
  );
  return {
    accessKeyId: Credentials?.AccessKeyId ?? "",
    secretAccessKey: Credentials?.SecretAccessKey ?? "",
    sessionToken: Credentials?.SessionToken ?? "",
  };
}

async function scanClient(accountId: string, region: string): Promise<S3Client> {
  return target.s3({ keys: await assume(accountId, "lockkeeper-scan"), region });
}

const keysOf = (page: ListObjectsV2CommandOutput) => (page.Contents ?? []).map(({ Key }) => Key ?? "");

test("the demo has three accounts, about forty states and twelve locks that can be seen", async () => {
  const { configYaml } = await seedDemo(target.sandbox);
  const config = parse(configYaml);
  expect(config.accounts.map((account: { name: string }) => account.name)).toEqual([
    "payments-prod",
    "platform-staging",
    "data-dev",
  ]);
  expect(configYaml).toContain(target.sandbox.s3Url);

  const payments = await scanClient(PAYMENTS, "eu-west-1");
  const list = (client: S3Client, Bucket: string) => client.send(new ListObjectsV2Command({ Bucket }));
  const keys = [
    ...keysOf(await list(payments, "acme-payments-tfstate")),
    ...keysOf(await list(await scanClient(PLATFORM, "us-east-1"), "acme-platform-tfstate")),
    ...keysOf(await list(await scanClient(PLATFORM, "eu-west-1"), "acme-edge-tfstate")),
  ];
  const dynamodb = target.dynamodb({ keys: await assume(PAYMENTS, "lockkeeper-scan"), region: "eu-west-1" });
  const items = (await dynamodb.send(new ScanCommand({ TableName: "terraform-locks" }))).Items ?? [];
  expect(keys.filter((key) => key.endsWith(".tflock"))).toHaveLength(10);
  expect(items.filter((item) => item["Info"] !== undefined)).toHaveLength(3);
  expect(keys.filter((key) => !key.endsWith(".tflock")).length).toBeGreaterThan(30);
  expect(items.filter((item) => item["Digest"] !== undefined).length).toBeGreaterThan(15);
});

test("the scan role reads locks only, and the third account refuses it", async () => {
  await seedDemo(target.sandbox);
  const payments = await scanClient(PAYMENTS, "eu-west-1");
  const get = (Key: string) => payments.send(new GetObjectCommand({ Bucket: "acme-payments-tfstate", Key }));
  expect((await get("network/prod/terraform.tfstate.tflock")).$metadata.httpStatusCode).toBe(200);
  for (const key of ["secrets/prod/terraform.tfstate.tflock", "network/prod/terraform.tfstate"]) {
    expect(await failureOf(get(key))).toMatchObject({ name: "AccessDenied", status: 403 });
  }
  const data = await scanClient(DATA, "eu-west-1");
  const listing = data.send(new ListObjectsV2Command({ Bucket: "acme-data-tfstate" }));
  expect(await failureOf(listing)).toMatchObject({ name: "AccessDenied", status: 403 });
});

test("the pair loses its S3 half only after bucket and table were both swept", async () => {
  await seedDemo(target.sandbox);
  const keys = await assume(PAYMENTS, "lockkeeper-scan");
  const s3 = target.s3({ keys, region: "eu-west-1" });
  const dynamodb = target.dynamodb({ keys, region: "eu-west-1" });
  const bucket = { Bucket: "acme-payments-tfstate", Key: "vault/prod/terraform.tfstate.tflock" };
  const hasS3Half = async () => keysOf(await s3.send(new ListObjectsV2Command(bucket))).includes(bucket.Key);
  expect([await hasS3Half(), await hasS3Half()]).toEqual([true, true]);
  await dynamodb.send(new ScanCommand({ TableName: "terraform-locks" }));
  expect((await s3.send(new GetObjectCommand(bucket))).$metadata.httpStatusCode).toBe(200);
  expect([await hasS3Half(), await hasS3Half()]).toEqual([false, false]);
  const Key = { LockID: { S: "acme-payments-tfstate/vault/prod/terraform.tfstate" } };
  expect((await dynamodb.send(new GetItemCommand({ TableName: "terraform-locks", Key }))).Item?.["Info"]).toBeDefined();
});

test("the unlock role can remove a lock it has read", async () => {
  await seedDemo(target.sandbox);
  const s3 = target.s3({ keys: await assume(PLATFORM, "lockkeeper-unlock"), region: "us-east-1" });
  const lock = { Bucket: "acme-platform-tfstate", Key: "dns/staging/terraform.tfstate.tflock" };
  const { ETag } = await s3.send(new GetObjectCommand(lock));
  expect((await s3.send(new DeleteObjectCommand({ ...lock, IfMatch: ETag }))).$metadata.httpStatusCode).toBe(204);
  expect(await failureOf(s3.send(new GetObjectCommand(lock)))).toMatchObject({ name: "NoSuchKey", status: 404 });
});

test("a lock body is written byte for byte as Terraform writes it", () => {
  const body = formatLockBody({
    id: "b029be34-5bd1-f780-2c36-edc99ddcb1f6",
    operation: "OperationTypeApply",
    who: "root@vm",
    path: "acme-tf/a&b<c>/prod+\u00e9/terraform.tfstate",
    createdMs: Date.UTC(2026, 10, 23, 3, 38, 13, 200),
    createdNanos: 871_690,
  });
  expect(body).toBe(
    String.raw`{"ID":"b029be34-5bd1-f780-2c36-edc99ddcb1f6","Operation":"OperationTypeApply","Info":"","Who":"root@vm","Version":"1.11.4","Created":"2026-11-23T03:38:13.20087169Z","Path":"acme-tf/a\u0026b\u003cc\u003e/prod+é/terraform.tfstate"}`,
  );
});

test("the program says where it is on one line and ends with its standard input", async () => {
  const child = spawn(process.execPath, ["sandbox/main.ts"], { stdio: ["pipe", "pipe", "inherit"] });
  const exited = once(child, "exit");
  const [line] = await once(createInterface(child.stdout), "line");
  const ready = JSON.parse(String(line));
  expect(ready).toMatchObject({ ready: true, endpoint: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/) });
  expect(parse(ready.configYaml).accounts).toHaveLength(3);
  expect((await fetch(`${ready.endpoint}/_sandbox/journal`)).status).toBe(200);
  child.stdin.end();
  expect(await exited).toEqual([0, null]);
});
