import { PutItemCommand } from "@aws-sdk/client-dynamodb";
import { DeleteObjectCommand, HeadObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, afterEach, beforeAll, expect, onTestFinished, test } from "vitest";
import type { Source } from "#lib/domain/source.ts";
import { AppError } from "#lib/services/errors.ts";
import type { HalfRead } from "#lib/services/ports/halves.ts";
import type { RestoreSession } from "#lib/services/ports/restoring.ts";
import { createRestoreDynamodb, createRestoreS3 } from "./account-clients.ts";
import { ForbiddenCommandError } from "./command-guards.ts";
import { AWS_LIMITS } from "./limits.ts";
import { createScanner } from "./source-scanner.ts";
import { serveRaw } from "./testing/raw-server.ts";
import {
  addressOf,
  HOSTILE_STATE_KEYS,
  makeSource,
  openRestore,
  type SandboxAccount,
  startSandboxAccount,
  TEST_LIMITS,
} from "./testing/sandbox-account.ts";

let world: SandboxAccount;
beforeAll(async () => {
  world = await startSandboxAccount();
  world.sandbox.addAccessKey({ ...OWNER, accountId: world.account.id });
});
afterEach(() => {
  world.sandbox.clearFaults();
  world.sandbox.clearJournal();
});
afterAll(() => world.sandbox.close());

const OWNER = { accessKeyId: "AKIAOWNER", secretAccessKey: "s" };
const LOCK = '{"ID":"a","Who":"jo@laptop"}';
const KEY = "acme/x.tfstate.tflock";
const LOCK_ID = "acme/x.tfstate";
const RECIPE = '{"v":1,"kind":"object"}';

test("puts the removed object again, with the same bytes and headers, by one PUT that overwrites nothing", async () => {
  const source = world.newBucket({ versioning: "enabled" });
  const client = ownerOf(source);
  const facts = {
    ContentType: "application/json",
    Metadata: { tool: "opentofu" },
    ServerSideEncryption: "aws:kms",
    SSEKMSKeyId: "arn:aws:kms:eu-west-1:111122223333:key/k",
    BucketKeyEnabled: true,
  } as const;
  await client.send(new PutObjectCommand({ Bucket: source.name, Key: KEY, Body: Buffer.from(LOCK), ...facts }));
  const before = await readWithScan(source, KEY);
  world.sandbox.deleteObject(source.name, KEY);
  const session = await open(source);
  world.sandbox.clearJournal();

  const put = await session.putHalf(addressOf(source, KEY), contentOf(before));

  expect(put).toEqual({ kind: "put", requestId: expect.any(String) });
  expect(world.sandbox.journal()).toMatchObject([
    {
      operation: "PutObject",
      key: KEY,
      principal: { role: "restore" },
      headers: {
        "if-none-match": "*",
        "x-amz-expected-bucket-owner": source.account.id,
        "content-md5": expect.any(String),
      },
    },
  ]);
  expect(await client.send(new HeadObjectCommand({ Bucket: source.name, Key: KEY }))).toMatchObject(facts);
  expect(await session.readHalf(addressOf(source, KEY))).toMatchObject({
    kind: "present",
    fingerprint: fingerprintOf(before),
    recreate: contentOf(before).recreate,
  });
});

test.each([HOSTILE_STATE_KEYS.map((key) => `${key}.tflock`)].flat())(
  "restores the removed object %j, byte for byte",
  async (key) => {
    const source = world.newBucket();
    const bytes = Buffer.from([0, 0xff, 0xfe, ...Buffer.from("\u202e {}")]);
    world.sandbox.putObject(source.name, key, bytes);
    const before = await readWithScan(source, key);
    world.sandbox.deleteObject(source.name, key);

    const session = await open(source, [key]);
    const put = await session.putHalf(addressOf(source, key), contentOf(before));

    expect(put.kind).toBe("put");
    expect(Buffer.from(world.sandbox.getObject(source.name, key)?.body ?? []).equals(bytes)).toBe(true);
  },
);

test("an empty lock is restored empty", async () => {
  const source = world.newBucket();
  const session = await open(source);

  const put = await session.putHalf(addressOf(source, KEY), { raw: new Uint8Array(), recreate: RECIPE });

  expect(put.kind).toBe("put");
  expect(world.sandbox.getObject(source.name, KEY)?.body).toHaveLength(0);
});

test("who has locked since keeps the lock, also when that is between our read and our put, and a second put is refused", async () => {
  const source = world.newBucket();
  const session = await open(source);
  const content = { raw: Buffer.from(LOCK), recreate: RECIPE };
  expect((await session.readHalf(addressOf(source, KEY))).kind).toBe("absent");
  const stop = world.sandbox.onRequest(({ operation }, phase) => {
    if (operation === "PutObject" && phase === "before") world.sandbox.putObject(source.name, KEY, "newer");
  });
  const raced = await session.putHalf(addressOf(source, KEY), content);
  stop();

  const again = await session.putHalf(addressOf(source, KEY), content);

  expect([raced, again]).toEqual(Array(2).fill({ kind: "occupied", requestId: expect.any(String) }));
  expect(Buffer.from(world.sandbox.getObject(source.name, KEY)?.body ?? []).toString()).toBe("newer");
});

test.each([
  ["the answer is lost", { kind: "drop-after" }, true],
  ["the connection breaks before", { kind: "drop-before" }, false],
  ["nobody answers", { kind: "hang" }, false],
  ["a portal answers 200", { kind: "answer-200" }, false],
  ["S3 answers 409", { kind: "status", status: 409, code: "ConditionalRequestConflict" }, false],
  ["S3 answers 500", { kind: "status", status: 500, code: "InternalError" }, false],
  ["S3 answers 503", { kind: "status", status: 503, code: "SlowDown" }, false],
] as const)("a put is unknown, and sent once, when %s", async (_name, effect, isThere) => {
  const source = world.newBucket();
  const session = await open(source, [KEY], 700);
  world.sandbox.addFault({ match: { operation: "PutObject" }, effect });

  const put = await session.putHalf(addressOf(source, KEY), { raw: Buffer.from(LOCK), recreate: RECIPE });

  expect(put).toMatchObject({ kind: "unknown", message: expect.any(String) });
  expect(world.sandbox.journal({ isWrite: true })).toHaveLength(1);
  expect(world.sandbox.getObject(source.name, KEY) !== null).toBe(isThere);
});

test("a portal that serves a file, with an ETag, proves nothing", async () => {
  const url = await serveRaw((_request, response) => void response.writeHead(200, { etag: '"e"' }).end("<html>"));
  const account = { ...world.account, endpoints: { ...world.account.endpoints, s3: url } };
  const source = makeSource(account, "s3", world.newBucket().name);
  const session = await open(source);

  const put = await session.putHalf(addressOf(source, KEY), { raw: Buffer.from(LOCK), recreate: RECIPE });

  expect(put).toMatchObject({ kind: "unknown", message: expect.stringContaining("request ID") });
});

test.each([
  ["412", { kind: "status", status: 412, code: "PreconditionFailed" }, "occupied"],
  ["403", { kind: "status", status: 403, code: "AccessDenied" }, "denied"],
  ["a disabled key", { kind: "status", status: 400, code: "KMS.DisabledException" }, "denied"],
  ["400", { kind: "status", status: 400, code: "InvalidArgument" }, "rejected"],
  ["404 for the bucket", { kind: "status", status: 404, code: "NoSuchBucket" }, "rejected"],
  ["501", { kind: "status", status: 501, code: "NotImplemented" }, "rejected"],
] as const)("a put that S3 refuses with %s was not carried out", async (_name, effect, kind) => {
  const source = world.newBucket();
  const session = await open(source);
  world.sandbox.addFault({ match: { operation: "PutObject" }, effect });

  const put = await session.putHalf(addressOf(source, KEY), { raw: Buffer.from(LOCK), recreate: RECIPE });

  expect(put).toMatchObject({ kind, requestId: expect.any(String) });
});

test.each([
  ["a lock", { Info: { S: LOCK }, Extra: { N: "1" } }],
  ["a lock without Info", { Zed: { N: "1" } }],
  ["a lock whose Info is no text", { Info: { B: Buffer.from([0, 255]).toString("base64") } }],
])("puts the removed item again, whole: %s", async (_name, attributes) => {
  const table = await world.newTable();
  const item = { LockID: { S: LOCK_ID }, ...attributes };
  await putItem(table, item);
  const before = await readWithScan(table, LOCK_ID);
  await world.sandbox.deleteItem(table.account.id, table.region, table.name, LOCK_ID);
  const session = await open(table, [LOCK_ID]);
  world.sandbox.clearJournal();

  const put = await session.putHalf(addressOf(table, LOCK_ID), contentOf(before));

  expect(put).toEqual({ kind: "put", requestId: expect.any(String) });
  expect(await getItem(table, LOCK_ID)).toEqual(item);
  const [sent, ...others] = world.sandbox.journal();
  expect(sent).toMatchObject({ operation: "PutItem", key: LOCK_ID, principal: { role: "restore" } });
  expect(JSON.parse(sent?.body ?? "")).toMatchObject({ ConditionExpression: "attribute_not_exists(LockID)" });
  expect(others).toEqual([]);
});

test("an item that is there again stays, and a second put is refused", async () => {
  const table = await world.newTable();
  await putItem(table, { LockID: { S: LOCK_ID }, Info: { S: LOCK } });
  const before = await readWithScan(table, LOCK_ID);
  await putItem(table, { LockID: { S: LOCK_ID }, Info: { S: "newer" } });
  const session = await open(table, [LOCK_ID]);

  const put = await session.putHalf(addressOf(table, LOCK_ID), contentOf(before));

  expect(put).toEqual({ kind: "occupied", requestId: expect.any(String) });
  expect(await getItem(table, LOCK_ID)).toMatchObject({ Info: { S: "newer" } });
});

test.each([
  ["the answer is lost", { kind: "drop-after" }, "unknown"],
  ["nobody answers", { kind: "hang" }, "unknown"],
  ["a portal answers 200", { kind: "answer-200" }, "unknown"],
  ["DynamoDB answers 500", { kind: "status", status: 500, code: "InternalServerError" }, "unknown"],
  ["DynamoDB throttles", { kind: "status", status: 400, code: "ThrottlingException" }, "rejected"],
  ["DynamoDB denies", { kind: "status", status: 400, code: "AccessDeniedException" }, "denied"],
] as const)("a put of an item, when %s, is sent once and is what it is", async (_name, effect, kind) => {
  const table = await world.newTable();
  const session = await open(table, [LOCK_ID], 700);
  world.sandbox.addFault({ match: { operation: "PutItem" }, effect });

  const put = await session.putHalf(addressOf(table, LOCK_ID), itemContent());

  expect(put).toMatchObject({ kind });
  expect(world.sandbox.journal({ isWrite: true })).toHaveLength(1);
});

test("an answer that DynamoDB did not sign with a request ID proves no put", async () => {
  const url = await serveRaw((_request, response) => void response.writeHead(200).end("{}"));
  const account = { ...world.account, endpoints: { ...world.account.endpoints, dynamodb: url } };
  const table = makeSource(account, "dynamodb", "locks");

  const put = await (await open(table, [LOCK_ID])).putHalf(addressOf(table, LOCK_ID), itemContent());

  expect(put).toMatchObject({ kind: "unknown", message: expect.stringContaining("request ID") });
});

test("nothing is sent for another lock, a digest, a state, a source that was not opened, or a record that is not ours", async () => {
  const source = world.newBucket();
  const table = await world.newTable();
  const session = await open(source, [KEY, "acme/x.tfstate"]);
  const tableSession = await open(table, [LOCK_ID, "acme/x-md5", "acme/y"]);
  world.sandbox.clearJournal();
  const content = { raw: Buffer.from(LOCK), recreate: RECIPE };
  const itemOf = (item: object) => ({ ...itemContent(), recreate: JSON.stringify({ v: 1, kind: "item", item }) });
  const info = { S: LOCK };

  const refused = [
    await session.putHalf(addressOf(source, "acme/other.tflock"), content),
    await session.putHalf(addressOf(source, "acme/x.tfstate"), content),
    await session.putHalf(addressOf(world.newBucket(), KEY), content),
    await session.putHalf(addressOf(source, KEY), { ...content, recreate: "{}" }),
    await tableSession.putHalf(addressOf(table, "acme/other"), itemOf({ LockID: { S: "acme/other" }, Info: info })),
    await tableSession.putHalf(addressOf(table, LOCK_ID), itemOf({ LockID: { S: "acme/y" }, Info: info })),
    await tableSession.putHalf(addressOf(table, LOCK_ID), itemOf({ LockID: { S: LOCK_ID }, Info: { S: "{}" } })),
    await tableSession.putHalf(addressOf(table, "acme/x-md5"), itemOf({ LockID: { S: "acme/x-md5" }, Info: info })),
    await tableSession.putHalf(
      addressOf(table, LOCK_ID),
      itemOf({ LockID: { S: LOCK_ID }, Info: info, Digest: { S: "d" } }),
    ),
    await tableSession.putHalf(addressOf(table, LOCK_ID), { ...itemContent(), recreate: RECIPE }),
  ];
  const unread = [
    await session.readHalf(addressOf(source, "acme/other.tflock")),
    await tableSession.readHalf(addressOf(table, "acme/other")),
  ];

  expect(refused.map(({ kind }) => kind)).toEqual(Array(10).fill("rejected"));
  expect(unread.map(({ kind }) => kind)).toEqual(["failed", "failed"]);
  expect(world.sandbox.journal()).toHaveLength(0);
});

test("a restore's clients send no put without its condition, nothing that a lock does not have, and no delete", async () => {
  const options = { credentials: OWNER, limits: AWS_LIMITS, timeoutMs: 5_000, locations: new Set([KEY, LOCK_ID]) };
  const source = world.newBucket();
  const table = await world.newTable();
  const s3 = createRestoreS3({ source, ...options });
  const dynamodb = createRestoreDynamodb({ source: table, ...options });
  const lock = { Bucket: source.name, Key: KEY, ExpectedBucketOwner: source.account.id };
  const good = { ...lock, Body: Buffer.from(LOCK), IfNoneMatch: "*" };
  const refuse = (input: Partial<PutObjectCommand["input"]>, reason: string) =>
    expect(s3.send(new PutObjectCommand({ ...good, ...input }))).rejects.toThrow(reason);

  await refuse({ IfNoneMatch: undefined }, "it would overwrite");
  await refuse({ IfNoneMatch: '"e"' }, "it would overwrite");
  await refuse({ IfMatch: '"e"' }, "it sets IfMatch");
  await refuse({ Key: "acme/x.tfstate" }, "the key is not a lock's");
  await refuse({ ExpectedBucketOwner: undefined }, "bucket's owner");
  await refuse({ ACL: "public-read" }, "it sets ACL");
  await refuse({ GrantRead: "x" }, "it sets GrantRead");
  await refuse({ Tagging: "a=b" }, "it sets Tagging");
  await refuse({ WebsiteRedirectLocation: "/x" }, "it sets WebsiteRedirectLocation");
  await refuse({ ObjectLockLegalHoldStatus: "ON" }, "it sets ObjectLockLegalHoldStatus");
  await expect(s3.send(new DeleteObjectCommand({ ...lock, IfMatch: '"e"' }))).rejects.toThrow(ForbiddenCommandError);
  const item = { TableName: table.name, Item: { LockID: { S: LOCK_ID } } };
  const condition = "attribute_not_exists(LockID)";
  const loose = [undefined, "attribute_not_exists(Info)", `${condition} OR attribute_exists(LockID)`];
  for (const ConditionExpression of loose) {
    await expect(dynamodb.send(new PutItemCommand({ ...item, ConditionExpression }))).rejects.toThrow("overwrite");
  }
  const named = { ...item, ConditionExpression: condition, ExpressionAttributeNames: { "#a": "b" } };
  await expect(dynamodb.send(new PutItemCommand(named))).rejects.toThrow("it sets ExpressionAttributeNames");

  expect(world.sandbox.journal({ isWrite: true })).toEqual([]);
});

test("every restore assumes the restore role anew, under its own name, for 15 minutes, and for its halves alone", async () => {
  const source = world.newBucket();

  (await openRestore(world, source, { locations: [KEY], restoreId: "one" })).close();
  (await openRestore(world, source, { locations: [KEY], restoreId: "two" })).close();

  const forms = world.sandbox.journal().map((entry) => new URLSearchParams(entry.body));
  expect(forms.map((form) => form.get("RoleSessionName"))).toEqual(["lockkeeper-one", "lockkeeper-two"]);
  expect(forms.map((form) => form.get("RoleArn"))).toEqual(Array(2).fill(source.account.restoreRoleArn));
  expect(forms.map((form) => form.get("DurationSeconds"))).toEqual(["900", "900"]);
  expect(forms.map((form) => form.get("ExternalId"))).toEqual(["ext-1", "ext-1"]);
  expect(forms[0]?.get("Policy")).toContain(`arn:aws:s3:::${source.name}/${KEY}`);
});

test("an account with an unlock role and no restore role may not restore, and nothing is asked of AWS", async () => {
  const account = { ...world.account, restoreRoleArn: null };
  const source = makeSource(account, "s3", world.newBucket().name);

  const opening = openRestore(world, source, { locations: [KEY] });

  await expect(opening).rejects.toMatchObject({
    code: "refused",
    message: "Account payments has no role that may restore.",
    hint: "Add restoreRoleArn to the account.",
  });
  await expect(opening).rejects.toBeInstanceOf(AppError);
  expect(world.sandbox.journal()).toEqual([]);
});

test("an account without any roles restores with the ambient credentials", async () => {
  const account = { ...world.account, unlockRoleArn: null, restoreRoleArn: null };
  const source = makeSource(account, "s3", world.newBucket().name);
  const env = { AWS_ACCESS_KEY_ID: OWNER.accessKeyId, AWS_SECRET_ACCESS_KEY: OWNER.secretAccessKey };
  const session = await openRestore({ ...world, env }, source, { locations: [KEY] });
  onTestFinished(session.close);

  const put = await session.putHalf(addressOf(source, KEY), { raw: Buffer.from(LOCK), recreate: RECIPE });

  expect(put.kind).toBe("put");
  expect(world.sandbox.journal({ service: "sts" })).toEqual([]);
});

test("a role that AWS refuses is refused in words, with the statement that is needed", async () => {
  const account = { ...world.account, externalId: "wrong" };
  const source = makeSource(account, "s3", world.newBucket().name);

  await expect(openRestore(world, source, { locations: [KEY] })).rejects.toMatchObject({
    code: "refused",
    message: expect.stringContaining("role/restore"),
    hint: expect.stringContaining("sts:AssumeRole"),
  });
});

test("a closed session answers, and sends nothing", async () => {
  const source = world.newBucket();
  const session = await open(source);
  session.close();
  world.sandbox.clearJournal();

  const put = await session.putHalf(addressOf(source, KEY), { raw: Buffer.from(LOCK), recreate: RECIPE });

  expect(put.kind).toBe("rejected");
  expect((await session.readHalf(addressOf(source, KEY))).kind).toBe("failed");
  expect(world.sandbox.journal()).toEqual([]);
});

async function open(source: Source, locations: readonly string[] = [KEY], timeoutMs = 5_000): Promise<RestoreSession> {
  const session = await openRestore(world, source, { locations, timeoutMs });
  onTestFinished(session.close);
  return session;
}

function readWithScan(source: Source, location: string): Promise<HalfRead> {
  return createScanner({ env: world.env, limits: TEST_LIMITS }).readHalf(source, addressOf(source, location));
}

function contentOf(read: HalfRead): { raw: Uint8Array; recreate: string } {
  if (read.kind !== "present" || read.body.kind === "denied" || read.recreate === null) {
    throw new Error(`Expected a half that can be restored, but it is ${read.kind}.`);
  }
  return { raw: read.body.bytes, recreate: read.recreate };
}

function itemContent() {
  const item = { LockID: { S: LOCK_ID }, Info: { S: LOCK } };
  return { raw: Buffer.from(LOCK), recreate: JSON.stringify({ v: 1, kind: "item", item }) };
}

function fingerprintOf(read: HalfRead): string | null {
  return read.kind === "present" ? read.fingerprint : null;
}

function ownerOf(source: Source): S3Client {
  const { region } = source;
  const client = new S3Client({ endpoint: world.sandbox.s3Url, forcePathStyle: true, region, credentials: OWNER });
  onTestFinished(() => client.destroy());
  return client;
}

function putItem(table: Source, item: Parameters<typeof world.sandbox.putItem>[3]): Promise<void> {
  return world.sandbox.putItem(table.account.id, table.region, table.name, item);
}

function getItem(table: Source, lockId: string) {
  return world.sandbox.getItem(table.account.id, table.region, table.name, lockId);
}
