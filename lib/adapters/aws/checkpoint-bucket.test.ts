import { DeleteObjectCommand, GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { sampleCheckpoint } from "#lib/adapters/checkpoints/testing/sample-checkpoint.ts";
import { type Sandbox, startSandbox } from "#sandbox/sandbox.ts";
import { createBucketSink } from "./checkpoint-bucket.ts";
import { createCheckpointClient } from "./checkpoint-client.ts";
import type { CheckpointBucket } from "./checkpoint-credentials.ts";
import { ForbiddenCommandError } from "./command-guards.ts";
import { AWS_LIMITS } from "./limits.ts";

const ACCOUNT_ID = "555566667777";
const ROLE = `arn:aws:iam::${ACCOUNT_ID}:role`;
const env = { AWS_ACCESS_KEY_ID: "AKIACHECK", AWS_SECRET_ACCESS_KEY: "secret" };
const FOLDER = "lk/lockkeeper/";

let sandbox: Sandbox;
let count = 0;
let bucket: CheckpointBucket;
beforeAll(async () => {
  sandbox = await startSandbox();
  sandbox.addAccount({ id: ACCOUNT_ID, name: "audit" });
  sandbox.addAccessKey({ accessKeyId: "AKIACHECK", secretAccessKey: "secret", accountId: ACCOUNT_ID });
  sandbox.addRole({ accountId: ACCOUNT_ID, name: "keep", externalId: "ext-9" });
  sandbox.addRole({ accountId: ACCOUNT_ID, name: "write-only", allow: ["s3:PutObject"] });
});
afterAll(() => sandbox.close());
beforeEach(() => {
  count += 1;
  const name = `acme-checkpoints-${count}`;
  sandbox.createBucket({ accountId: ACCOUNT_ID, name, region: "eu-west-1" });
  sandbox.clearFaults();
  sandbox.clearJournal();
  const endpoint = sandbox.s3Url;
  bucket = { name, region: "eu-west-1", prefix: "lk/", roleArn: null, externalId: null, endpoint };
});

function open(change: Partial<CheckpointBucket> = {}) {
  return createBucketSink({ bucket: { ...bucket, ...change }, origin: "lockkeeper", env });
}

function keyOf(checkpoint: { size: number; keyId: string }): string {
  return `${FOLDER}${String(checkpoint.size).padStart(12, "0")}-${checkpoint.keyId}.txt`;
}

function textOf(key: string): string | null {
  const found = sandbox.getObject(bucket.name, key);
  return found === null ? null : new TextDecoder().decode(found.body);
}

test("each checkpoint is an object of its own, written only where nothing is", async () => {
  const sink = open();
  const [first, second] = [await sampleCheckpoint(9), await sampleCheckpoint(10)];
  await sink.write(first);
  await sink.write(second);

  for (const checkpoint of [first, second]) expect(textOf(keyOf(checkpoint))).toBe(checkpoint.note);
  const puts = sandbox.journal().filter(({ operation }) => operation === "PutObject");
  expect(puts).toHaveLength(2);
  expect(puts.map(({ headers }) => headers["if-none-match"])).toEqual(["*", "*"]);
  expect(puts.every(({ headers }) => headers["content-md5"] !== undefined)).toBe(true);
});

test("a checkpoint that is there already is left alone; another one in its place is an error", async () => {
  const checkpoint = await sampleCheckpoint(5);
  await open().write(checkpoint);
  await open().write(checkpoint);
  expect(textOf(keyOf(checkpoint))).toBe(checkpoint.note);

  await expect(open().write(await sampleCheckpoint(5, "as somebody would like it"))).rejects.toThrow(
    "is there already, and is another checkpoint",
  );
  expect(textOf(keyOf(checkpoint))).toBe(checkpoint.note);
});

test("the newest is read by a process that wrote none, also when another one writes on", async () => {
  const [writer, reader] = [open(), open()];
  expect(await reader.readLatest()).toBeNull();
  for (const size of [2, 30, 400]) {
    const checkpoint = await sampleCheckpoint(size);
    await writer.write(checkpoint);
    expect(await reader.readLatest()).toBe(checkpoint.note);
    expect(await writer.readLatest()).toBe(checkpoint.note);
  }
});

test("among thousands of checkpoints and other objects the newest is found with some forty requests, then with one", async () => {
  const last = await sampleCheckpoint(987_654_321);
  const { keyId } = last;
  for (let index = 1; index <= 2_500; index += 1)
    sandbox.putObject(bucket.name, keyOf({ size: index * 7, keyId }), "x");
  sandbox.putObject(bucket.name, keyOf(last), last.note);
  sandbox.putObject(bucket.name, `${FOLDER}zzz`, "x");
  sandbox.putObject(bucket.name, "lk/other/999999999999-00000000.txt", "x");
  const sink = open();

  expect(await sink.readLatest()).toBe(last.note);
  const lists = () => sandbox.journal().filter(({ operation }) => operation === "ListObjectsV2").length;
  expect(lists()).toBeLessThan(50);
  sandbox.clearJournal();
  expect(await sink.readLatest()).toBe(last.note);
  expect(sandbox.journal()).toHaveLength(1);
});

test("short and empty pages of a listing hide no checkpoint", async () => {
  const [first, last] = [await sampleCheckpoint(1), await sampleCheckpoint(60)];
  for (const checkpoint of [first, last]) await open().write(checkpoint);
  sandbox.setListing({ emptyPages: true, maxKeys: 1 });
  try {
    expect(await open().readLatest()).toBe(last.note);
  } finally {
    sandbox.setListing({});
  }
});

test("its role is assumed with its external id and a policy for its own folder; where it may only write, it cannot be asked", async () => {
  const checkpoint = await sampleCheckpoint(3);
  const sink = open({ roleArn: `${ROLE}/keep`, externalId: "ext-9" });
  await sink.write(checkpoint);
  expect(await sink.readLatest()).toBe(checkpoint.note);
  const assumed = sandbox.journal().filter(({ operation }) => operation === "AssumeRole");
  expect(assumed).toHaveLength(1);

  const blind = open({ roleArn: `${ROLE}/write-only` });
  expect(await blind.readLatest()).toBeNull();
  await blind.write(await sampleCheckpoint(4));
  await blind.write(await sampleCheckpoint(4));
  expect(textOf(keyOf(await sampleCheckpoint(4)))).toContain("lockkeeper\n4\n");
});

test("a refused or missing bucket is an error without AWS's words", async () => {
  const checkpoint = await sampleCheckpoint(3);
  await expect(open({ name: "no-such-bucket" }).write(checkpoint)).rejects.toThrow("answered NoSuchBucket (404)");
  await expect(open({ name: "no-such-bucket" }).readLatest()).rejects.toThrow("answered NoSuchBucket (404)");
  const wrong = open({ roleArn: `${ROLE}/keep`, externalId: "another" });
  await expect(wrong.write(checkpoint)).rejects.toThrow(
    "The role for checkpoints could not be used: answered AccessDenied",
  );
});

test("the client can do nothing but add checkpoints to its folder and read them there", async () => {
  const client = createCheckpointClient(bucket, FOLDER, { env, limits: AWS_LIMITS });
  const target = { Bucket: bucket.name, Key: keyOf({ size: 1, keyId: "00000000" }) };
  const send = [
    () => client.send(new PutObjectCommand(target)),
    () => client.send(new PutObjectCommand({ ...target, IfNoneMatch: "*", Key: "prod/terraform.tfstate" })),
    () => client.send(new PutObjectCommand({ ...target, IfNoneMatch: "*", Bucket: "acme-tfstate" })),
    () => client.send(new GetObjectCommand({ ...target, Key: `${FOLDER}../prod/terraform.tfstate` })),
    () => client.send(new ListObjectsV2Command({ Bucket: bucket.name })),
    () => client.send(new DeleteObjectCommand(target)),
  ];
  for (const attempt of send) await expect(attempt()).rejects.toThrow(ForbiddenCommandError);
  expect(sandbox.journal()).toEqual([]);
  client.destroy();
});
