import {
  BatchWriteItemCommand,
  DeleteItemCommand,
  DescribeTableCommand,
  ExecuteStatementCommand,
  PutItemCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createScanClients, createUnlockDynamodb, createUnlockS3 } from "./account-clients.ts";
import { ForbiddenCommandError, guardCommands } from "./command-guards.ts";
import { AWS_LIMITS } from "./limits.ts";
import { ACCOUNT_ID, type SandboxAccount, startSandboxAccount } from "./testing/sandbox-account.ts";

let world: SandboxAccount;
beforeAll(async () => {
  world = await startSandboxAccount();
});
afterAll(() => world.sandbox.close());

const credentials = { accessKeyId: "AKIAOWN", secretAccessKey: "secret" };
const lock = { Bucket: "b", Key: "x.tflock", ExpectedBucketOwner: ACCOUNT_ID };
const item = { TableName: "t", Key: { LockID: { S: "b/x" } } };

test("a scan's S3 client sends nothing that writes, and reads no state", async () => {
  const client = scanClients().s3(world.newBucket());
  const before = world.sandbox.journal().length;

  await expect(client.send(new DeleteObjectCommand({ ...lock, IfMatch: '"e"' }))).rejects.toThrow(
    ForbiddenCommandError,
  );
  await expect(client.send(new PutObjectCommand(lock))).rejects.toThrow(ForbiddenCommandError);
  await expect(client.send(new CopyObjectCommand({ ...lock, CopySource: "b/y" }))).rejects.toThrow(
    ForbiddenCommandError,
  );
  const many = new DeleteObjectsCommand({ Bucket: "b", Delete: { Objects: [{ Key: "x.tflock" }] } });
  await expect(client.send(many)).rejects.toThrow(ForbiddenCommandError);
  await expect(client.send(new GetObjectCommand({ ...lock, Key: "x.tfstate" }))).rejects.toThrow(
    "the key is not a lock's",
  );
  await expect(client.send(new HeadObjectCommand({ ...lock, Key: "x" }))).rejects.toThrow("the key is not a lock's");
  await expect(client.send(new GetObjectCommand({ ...lock, VersionId: "v" }))).rejects.toThrow("it names a version");
  await expect(client.send(new ListObjectsV2Command({ Bucket: "b" }))).rejects.toThrow("bucket's owner");
  const history = (input: object) => client.send(new ListObjectVersionsCommand({ Bucket: "b", ...input }));
  await expect(history({ ExpectedBucketOwner: ACCOUNT_ID })).rejects.toThrow("more than one lock's history");
  await expect(history({ ExpectedBucketOwner: ACCOUNT_ID, Prefix: "x" })).rejects.toThrow("more than one lock's");
  await expect(history({ Prefix: "x.tflock" })).rejects.toThrow("bucket's owner");

  expect(world.sandbox.journal().length).toBe(before);
});

test("a scan's DynamoDB client sends nothing that writes", async () => {
  const client = scanClients().dynamodb(await world.newTable());
  const before = world.sandbox.journal().length;

  await expect(client.send(new DeleteItemCommand(item))).rejects.toThrow(ForbiddenCommandError);
  await expect(client.send(new UpdateItemCommand(item))).rejects.toThrow(ForbiddenCommandError);
  await expect(client.send(new PutItemCommand({ TableName: "t", Item: item.Key }))).rejects.toThrow(
    ForbiddenCommandError,
  );
  const batch = new BatchWriteItemCommand({ RequestItems: { t: [{ DeleteRequest: { Key: item.Key } }] } });
  await expect(client.send(batch)).rejects.toThrow(ForbiddenCommandError);
  const query = new ExecuteStatementCommand({ Statement: `DELETE FROM "t" WHERE "LockID" = 'b/x'` });
  await expect(client.send(query)).rejects.toThrow(ForbiddenCommandError);

  expect(world.sandbox.journal().length).toBe(before);
});

test("an unlock's clients send no delete without the condition that guards it", async () => {
  const options = { credentials, limits: AWS_LIMITS, timeoutMs: 5_000 };
  const s3 = createUnlockS3({ source: world.newBucket(), ...options });
  const dynamodb = createUnlockDynamodb({ source: await world.newTable(), ...options });
  const before = world.sandbox.journal().length;

  const refuse = async (input: Partial<DeleteObjectCommand["input"]>) =>
    expect(s3.send(new DeleteObjectCommand({ ...lock, IfMatch: '"e"', ...input }))).rejects.toThrow(
      ForbiddenCommandError,
    );
  await refuse({ IfMatch: undefined });
  await refuse({ IfMatch: "" });
  await refuse({ IfMatch: "*" });
  await refuse({ IfMatch: '"a", "b"' });
  await refuse({ VersionId: "v" });
  await refuse({ Key: "x.tfstate" });
  await refuse({ ExpectedBucketOwner: undefined });
  await expect(s3.send(new ListObjectsV2Command(lock))).rejects.toThrow(ForbiddenCommandError);
  await expect(s3.send(new PutObjectCommand(lock))).rejects.toThrow(ForbiddenCommandError);
  await expect(dynamodb.send(new DeleteItemCommand(item))).rejects.toThrow(ForbiddenCommandError);
  const loose = { ...item, ConditionExpression: "attribute_exists(LockID)" };
  await expect(dynamodb.send(new DeleteItemCommand(loose))).rejects.toThrow(ForbiddenCommandError);
  await expect(dynamodb.send(new DescribeTableCommand(item))).rejects.toThrow(ForbiddenCommandError);

  expect(world.sandbox.journal().length).toBe(before);
});

test("a command named like a property of every object is refused", async () => {
  const client = new S3Client({ region: "eu-west-1", credentials });
  guardCommands(client.middlewareStack, {});

  await expect(client.send(new GetObjectCommand(lock))).rejects.toThrow("it is not on this client's list");
});

function scanClients() {
  return createScanClients({ environment: world.env, limits: AWS_LIMITS, now: Date.now });
}
