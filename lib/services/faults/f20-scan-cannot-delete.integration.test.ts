import { DeleteItemCommand, DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { DeleteObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from "vitest";
import { createScanClients } from "#lib/adapters/aws/account-clients.ts";
import { AWS_LIMITS } from "#lib/adapters/aws/limits.ts";
import { EXTERNAL_ID, OWN_KEY } from "#lib/services/testing/test-context.ts";
import {
  ACCOUNT_ID,
  BUCKET,
  HOLDER_A,
  heldItem,
  holdDynamodb,
  holdS3,
  LOCK_ID,
  LOCK_KEY,
  lockText,
  openWorld,
  REGION,
  TABLE,
  type World,
} from "#lib/services/testing/world.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
beforeEach(async () => {
  await world.reset();
  holdS3(world, lockText(HOLDER_A));
  await holdDynamodb(world, lockText(HOLDER_A));
});
afterAll(() => world.close());

const OBJECT = { Bucket: BUCKET, Key: LOCK_KEY, ExpectedBucketOwner: ACCOUNT_ID };
const ITEM = { TableName: TABLE, Key: { LockID: { S: LOCK_ID } } };

/** What a scan with a bug might try, and the names of the errors that it meets. */
async function tryEverything({ s3, dynamodb }: { s3: S3Client; dynamodb: DynamoDBClient }): Promise<readonly string[]> {
  const etag = world.sandbox.getObject(BUCKET, LOCK_KEY)?.etag;
  const attempts = await Promise.allSettled([
    s3.send(new DeleteObjectCommand({ ...OBJECT, IfMatch: etag })),
    s3.send(new PutObjectCommand({ ...OBJECT, Body: Buffer.from("x") })),
    dynamodb.send(new DeleteItemCommand(ITEM)),
    dynamodb.send(new PutItemCommand({ TableName: TABLE, Item: ITEM.Key })),
  ]);
  return attempts.map((attempt) => (attempt.status === "rejected" ? attempt.reason.name : "carried out"));
}

const DENIED = ["AccessDenied", "AccessDenied", "AccessDeniedException", "AccessDeniedException"];

async function expectUntouched(): Promise<void> {
  expect(world.sandbox.getObject(BUCKET, LOCK_KEY)).not.toBeNull();
  expect(await heldItem(world)).toHaveProperty("Info");
}

/** The SDK's own clients: nothing of our code stands between them and AWS. */
async function assumeScanRole(roleName: string, policy: string | undefined) {
  const endpoint = world.sandbox.s3Url;
  const sts = new STSClient({ region: REGION, endpoint, credentials: OWN_KEY });
  const RoleArn = `arn:aws:iam::${ACCOUNT_ID}:role/${roleName}`;
  const session = { RoleArn, RoleSessionName: "bug", ExternalId: EXTERNAL_ID };
  const { Credentials: given } = await sts.send(new AssumeRoleCommand({ ...session, Policy: policy }));
  const credentials = {
    accessKeyId: given?.AccessKeyId ?? "",
    secretAccessKey: given?.SecretAccessKey ?? "",
    sessionToken: given?.SessionToken ?? "",
  };
  const s3 = new S3Client({ region: REGION, endpoint, credentials, forcePathStyle: true });
  const dynamodb = new DynamoDBClient({ region: REGION, endpoint, credentials });
  onTestFinished(() => {
    for (const client of [sts, s3, dynamodb]) client.destroy();
  });
  return { s3, dynamodb };
}

test("F20: whatever a scan does, it sends nothing that writes, and sends it as the scan role", async () => {
  await world.scan();

  expect(world.sandbox.journal({ isWrite: true })).toEqual([]);
  const roles = world.sandbox.journal().flatMap(({ principal }) => principal?.role ?? []);
  expect(new Set(roles)).toEqual(new Set(["scan"]));
});

test("F20: a scan's clients refuse to send a write, so nothing of it is on the wire", async () => {
  const environment = { AWS_ACCESS_KEY_ID: OWN_KEY.accessKeyId, AWS_SECRET_ACCESS_KEY: OWN_KEY.secretAccessKey };
  const clients = createScanClients({ environment, limits: AWS_LIMITS, now: Date.now });
  const [bucket, table] = world.ctx.sources;
  if (bucket === undefined || table === undefined) throw new Error("the world has no sources");

  const refused = await tryEverything({ s3: clients.s3(bucket), dynamodb: clients.dynamodb(table) });

  expect(refused).toEqual(Array(4).fill("ForbiddenCommandError"));
  expect(world.sandbox.journal()).toEqual([]);
  await expectUntouched();
});

test("F20: the policy of a scan's own session refuses a write, although its role would allow it", async () => {
  const { ctx } = world;
  const fresh = ctx.sources.map((source) => ({ ...source, account: { ...source.account, name: "asked anew" } }));
  await Promise.all(fresh.map((source) => ctx.scanner.sweep(source, [], () => undefined)));
  const [asked] = world.sandbox.journal({ operation: "AssumeRole" });
  const policy = new URLSearchParams(asked?.body).get("Policy") ?? undefined;

  expect(policy).toBeDefined();
  expect(await tryEverything(await assumeScanRole("scan", policy))).toEqual(DENIED);
  await expectUntouched();
});

test("F20: the role that the documentation gives a scan refuses a write, whatever session it is", async () => {
  const reads = ["dynamodb:DescribeTable", "dynamodb:Scan", "dynamodb:GetItem", "dynamodb:BatchGetItem"];
  const allow = ["s3:ListBucket", "s3:GetObject", ...reads];
  world.sandbox.addRole({ accountId: ACCOUNT_ID, name: "documented-scan", externalId: EXTERNAL_ID, allow });

  expect(await tryEverything(await assumeScanRole("documented-scan", undefined))).toEqual(DENIED);
  await expectUntouched();
});
