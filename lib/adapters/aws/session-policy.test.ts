import {
  BatchGetItemCommand,
  DeleteItemCommand,
  DescribeTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  ScanCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import type { AwsCredentialIdentity } from "@smithy/types";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import type { AccountSettings } from "#lib/domain/account.ts";
import type { Source } from "#lib/domain/source.ts";
import { createScanProvider, fetchRestoreCredentials, fetchUnlockCredentials } from "./credentials.ts";
import { AWS_LIMITS } from "./limits.ts";
import { formatRestorePolicy, formatScanPolicy, formatUnlockPolicy } from "./session-policy.ts";
import {
  addressOf,
  HOSTILE_STATE_KEYS,
  makeSource,
  type SandboxAccount,
  startSandboxAccount,
} from "./testing/sandbox-account.ts";

/** Roles that allow everything: what is refused here is refused by the session policy alone. */
let world: SandboxAccount;
let account: AccountSettings;
beforeAll(async () => {
  world = await startSandboxAccount();
  world.sandbox.addRole({ accountId: world.account.id, name: "everything", externalId: "ext-1" });
  const roleArn = `arn:aws:iam::${world.account.id}:role/everything`;
  account = { ...world.account, scanRoleArn: roleArn, unlockRoleArn: roleArn, restoreRoleArn: roleArn };
});
afterAll(() => world.sandbox.close());

const LOCK = '{"ID":"a"}';
const KEY = "acme/x.tflock";
const ACTOR = { kind: "person", name: "jo", authenticatedBy: "local" } as const;
const ROLE_ARN = "arn:aws-cn:iam::111122223333:role/restore";

test("F20: a scan's credentials read locks and can write nothing, whatever their role allows", async () => {
  const bucket = world.newBucket({ account, versioning: "enabled" });
  const table = { ...(await world.newTable()), account };
  const { etag } = world.sandbox.putObject(bucket.name, KEY, LOCK);
  world.sandbox.putObject(bucket.name, "acme/x", "state");
  await world.sandbox.putItem(account.id, table.region, table.name, { LockID: { S: "acme/x" }, Info: { S: LOCK } });
  const { s3, dynamodb } = clientsOf(bucket, await scanCredentials());
  const lock = { Bucket: bucket.name, Key: KEY };
  const item = { TableName: table.name, Key: { LockID: { S: "acme/x" } } };

  const refused = [
    s3.send(new DeleteObjectCommand(lock)),
    s3.send(new DeleteObjectCommand({ ...lock, IfMatch: etag })),
    s3.send(new PutObjectCommand({ ...lock, Body: Buffer.from("x") })),
    s3.send(new PutObjectCommand({ ...lock, Key: "acme/new.tflock", Body: Buffer.from("x"), IfNoneMatch: "*" })),
    s3.send(new GetObjectCommand({ ...lock, Key: "acme/x" })),
    dynamodb.send(new DeleteItemCommand(item)),
    dynamodb.send(new PutItemCommand({ TableName: table.name, Item: { LockID: { S: "acme/new" } } })),
    dynamodb.send(new UpdateItemCommand(item)),
  ];
  const names = await Promise.all(
    refused.map((call) =>
      call.then(
        () => "carried out",
        ({ name }) => name,
      ),
    ),
  );
  const allowed = [
    s3.send(new ListObjectsV2Command({ Bucket: bucket.name })),
    s3.send(new ListObjectVersionsCommand({ Bucket: bucket.name, Prefix: KEY })),
    s3.send(new GetObjectCommand(lock)),
    dynamodb.send(new ScanCommand({ TableName: table.name })),
    dynamodb.send(new GetItemCommand(item)),
    dynamodb.send(new DescribeTableCommand({ TableName: table.name })),
    dynamodb.send(new BatchGetItemCommand({ RequestItems: { [table.name]: { Keys: [item.Key] } } })),
  ];

  expect(names).toEqual([...Array(5).fill("AccessDenied"), ...Array(3).fill("AccessDeniedException")]);
  expect(await Promise.all(allowed)).toMatchObject(Array(7).fill({ $metadata: { httpStatusCode: 200 } }));
  expect(world.sandbox.getObject(bucket.name, KEY)).toMatchObject({ etag });
});

test("a restore's credentials put its own halves and read them, whatever their role allows", async () => {
  const bucket = world.newBucket({ account });
  const table = { ...(await world.newTable()), account };
  const { s3, dynamodb } = clientsOf(bucket, await restoreCredentials([bucket, table], [KEY, "acme/x"]));
  const create = (Key: string) =>
    s3.send(new PutObjectCommand({ Bucket: bucket.name, Key, Body: Buffer.from("x"), IfNoneMatch: "*" }));
  const createItem = (lockId: string) =>
    dynamodb.send(new PutItemCommand({ TableName: table.name, Item: { LockID: { S: lockId } } }));

  const allowed = [
    await create(KEY),
    await s3.send(new GetObjectCommand({ Bucket: bucket.name, Key: KEY })),
    await createItem("acme/x"),
    await dynamodb.send(new GetItemCommand({ TableName: table.name, Key: { LockID: { S: "acme/x" } } })),
  ];
  const refused = [
    create("acme/other.tflock"),
    s3.send(new DeleteObjectCommand({ Bucket: bucket.name, Key: KEY })),
    s3.send(new GetObjectCommand({ Bucket: bucket.name, Key: "acme/other.tflock" })),
    s3.send(new PutObjectCommand({ Bucket: world.newBucket({ account }).name, Key: KEY, Body: Buffer.from("x") })),
    createItem("acme/other"),
    createItem("acme/x-md5"),
    dynamodb.send(new DeleteItemCommand({ TableName: table.name, Key: { LockID: { S: "acme/x" } } })),
  ];
  const names = await Promise.all(
    refused.map((call) =>
      call.then(
        () => "carried out",
        ({ name }) => name,
      ),
    ),
  );

  expect(allowed).toMatchObject(Array(4).fill({ $metadata: { httpStatusCode: 200 } }));
  expect(names).toEqual([...Array(4).fill("AccessDenied"), ...Array(3).fill("AccessDeniedException")]);
});

test("an unlock's credentials delete its own halves and read them, whatever their role allows", async () => {
  const bucket = world.newBucket({ account });
  const table = { ...(await world.newTable()), account };
  const { s3, dynamodb } = clientsOf(bucket, await unlockCredentials([bucket, table], [KEY, "acme/x"]));
  const { etag } = world.sandbox.putObject(bucket.name, KEY, LOCK);
  const other = world.sandbox.putObject(bucket.name, "acme/other.tflock", LOCK);
  const elsewhere = world.newBucket({ account });
  const twin = world.sandbox.putObject(elsewhere.name, KEY, LOCK);
  for (const lockId of ["acme/x", "acme/other", "acme/x-md5"]) {
    await world.sandbox.putItem(account.id, table.region, table.name, { LockID: { S: lockId } });
  }
  const deleteObject = (Bucket: string, Key: string, IfMatch: string) =>
    s3.send(new DeleteObjectCommand({ Bucket, Key, IfMatch }));
  const deleteItem = (lockId: string) =>
    dynamodb.send(new DeleteItemCommand({ TableName: table.name, Key: { LockID: { S: lockId } } }));

  const refused = [
    deleteObject(bucket.name, "acme/other.tflock", other.etag),
    deleteObject(elsewhere.name, KEY, twin.etag),
    s3.send(new GetObjectCommand({ Bucket: bucket.name, Key: "acme/other.tflock" })),
    s3.send(new PutObjectCommand({ Bucket: bucket.name, Key: KEY, Body: Buffer.from("x") })),
    deleteItem("acme/other"),
    deleteItem("acme/x-md5"),
    dynamodb.send(new ScanCommand({ TableName: table.name })),
  ];
  const names = await Promise.all(
    refused.map((call) =>
      call.then(
        () => "carried out",
        ({ name }) => name,
      ),
    ),
  );
  const allowed = [
    await s3.send(new GetObjectCommand({ Bucket: bucket.name, Key: KEY })),
    await deleteObject(bucket.name, KEY, etag),
    await dynamodb.send(new GetItemCommand({ TableName: table.name, Key: { LockID: { S: "acme/x" } } })),
    await deleteItem("acme/x"),
  ];
  const goneNow = s3.send(new GetObjectCommand({ Bucket: bucket.name, Key: KEY }));

  expect(names).toEqual([...Array(4).fill("AccessDenied"), ...Array(3).fill("AccessDeniedException")]);
  expect(allowed.map(({ $metadata }) => $metadata.httpStatusCode)).toEqual([200, 204, 200, 200]);
  await expect(goneNow).rejects.toMatchObject({ name: "NoSuchKey" });
});

test("a lock that is named like a pattern of IAM opens no other lock", async () => {
  const bucket = world.newBucket({ account });
  const table = { ...(await world.newTable()), account };
  const { s3, dynamodb } = clientsOf(bucket, await restoreCredentials([bucket, table], ["*?.tflock", "*?"]));
  const create = (Key: string) =>
    s3.send(new PutObjectCommand({ Bucket: bucket.name, Key, Body: Buffer.from("x"), IfNoneMatch: "*" }));
  const createItem = (lockId: string) =>
    dynamodb.send(new PutItemCommand({ TableName: table.name, Item: { LockID: { S: lockId } } }));

  await create("*?.tflock");
  await createItem("*?");

  await expect(create("acme/x.tflock")).rejects.toThrow("Access Denied");
  await expect(createItem("acme/x")).rejects.toThrow("not authorized");
});

test("policies fit what STS takes, in characters and in length, for any keys", () => {
  const longest = [
    ...HOSTILE_STATE_KEYS,
    "k".repeat(1016),
    "$".repeat(1016),
    "\u{10ffff}".repeat(254),
    '"'.repeat(1016),
  ];

  const policies = longest.map((stateKey) => {
    const bucket = makeSource(world.account, "s3", "b".repeat(63));
    const table = makeSource(world.account, "dynamodb", "t".repeat(255));
    const placed = [
      { source: bucket, half: addressOf(bucket, `${stateKey}.tflock`) },
      { source: table, half: addressOf(table, `${bucket.name}/${stateKey}`) },
    ];
    return [formatRestorePolicy(ROLE_ARN, placed), formatUnlockPolicy(ROLE_ARN, placed)];
  });

  for (const policy of [formatScanPolicy(ROLE_ARN), ...policies.flat()]) {
    expect(policy.length).toBeLessThanOrEqual(2_048);
    expect(policy).toMatch(/^[ -~]+$/);
    expect(JSON.parse(policy)).toMatchObject({ Version: "2012-10-17" });
  }
});

test("what is encrypted with a key of the account stays readable, and can be put again", () => {
  expect(formatScanPolicy(ROLE_ARN)).toContain('"kms:Decrypt"');
  expect(formatRestorePolicy(ROLE_ARN, [])).toContain('"kms:Decrypt","kms:GenerateDataKey"');
});

test("policies name the partition of their role", () => {
  const bucket = makeSource(world.account, "s3", "acme");
  const policy = formatRestorePolicy(ROLE_ARN, [{ source: bucket, half: addressOf(bucket, KEY) }]);

  expect(formatScanPolicy(ROLE_ARN)).toContain("arn:aws-cn:s3:::*/*.tflock");
  expect(policy).toContain(`arn:aws-cn:s3:::acme/${KEY}`);
});

function scanCredentials(): Promise<AwsCredentialIdentity> {
  return createScanProvider(account, { environment: world.env, limits: AWS_LIMITS, now: Date.now })();
}

async function restoreCredentials(
  sources: readonly Source[],
  locations: readonly string[],
): Promise<AwsCredentialIdentity> {
  const placed = sources.map((source, index) => ({ source, half: addressOf(source, locations[index] ?? "") }));
  const options = { id: "r", actor: ACTOR, environment: world.env, limits: AWS_LIMITS, timeoutMs: 5_000 };
  return (await fetchRestoreCredentials(account, { ...options, placed })).credentials;
}

async function unlockCredentials(
  sources: readonly Source[],
  locations: readonly string[],
): Promise<AwsCredentialIdentity> {
  const placed = sources.map((source, index) => ({ source, half: addressOf(source, locations[index] ?? "") }));
  const options = { id: "u", actor: ACTOR, environment: world.env, limits: AWS_LIMITS, timeoutMs: 5_000 };
  return (await fetchUnlockCredentials(account, { ...options, placed })).credentials;
}

/** The SDK's own clients, without any rule of ours. */
function clientsOf({ region }: Source, credentials: AwsCredentialIdentity): { s3: S3Client; dynamodb: DynamoDBClient } {
  const s3 = new S3Client({ endpoint: world.sandbox.s3Url, forcePathStyle: true, region, credentials });
  const dynamodb = new DynamoDBClient({ endpoint: world.sandbox.dynamodbUrl, region, credentials });
  onTestFinished(() => {
    s3.destroy();
    dynamodb.destroy();
  });
  return { s3, dynamodb };
}
