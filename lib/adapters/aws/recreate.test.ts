import type { PutItemCommandInput } from "@aws-sdk/client-dynamodb";
import { PutObjectCommand, type PutObjectCommandInput, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { formatItemRecipe, formatObjectRecipe, parseItemRecipe, parseObjectRecipe } from "./recreate.ts";
import { createScanner } from "./source-scanner.ts";
import { addressOf, type SandboxAccount, startSandboxAccount, TEST_LIMITS } from "./testing/sandbox-account.ts";

let world: SandboxAccount;
beforeAll(async () => {
  world = await startSandboxAccount();
  world.sandbox.addAccessKey({ accessKeyId: "AKIAOWNER", secretAccessKey: "s", accountId: world.account.id });
});
afterAll(() => world.sandbox.close());

const FACTS = {
  ContentType: "application/json",
  ContentEncoding: "identity",
  CacheControl: "no-store",
  ContentDisposition: "attachment",
  ContentLanguage: "en",
  Metadata: { tool: "opentofu" },
  ServerSideEncryption: "aws:kms",
  SSEKMSKeyId: "arn:aws:kms:eu-west-1:111122223333:key/k",
  BucketKeyEnabled: true,
  StorageClass: "STANDARD_IA",
} as const satisfies Partial<PutObjectCommandInput>;

test("what a read object was put with comes back for its put", async () => {
  const read = await readBack({ ...FACTS, Body: Buffer.from("{}") });

  expect(JSON.parse(read ?? "")).toMatchObject({ v: 1, kind: "object", contentType: "application/json" });
  expect(parseObjectRecipe(read ?? "")).toEqual(FACTS);
});

test("of a lock as Terraform puts it, type and encryption are all there is to keep", async () => {
  const read = await readBack({ ContentType: "application/json", Body: Buffer.from("{}") });

  expect(JSON.parse(read ?? "")).toEqual({
    v: 1,
    kind: "object",
    contentType: "application/json",
    serverSideEncryption: "AES256",
  });
});

test("an empty lock can be put again", async () => {
  expect(JSON.parse((await readBack({ Body: Buffer.from("") })) ?? "")).toMatchObject({ v: 1, kind: "object" });
});

test.each([
  ["longer than what is kept", { Body: Buffer.alloc(64 * 1024 + 1, "x") }],
  ["one that expires", { Body: Buffer.from("{}"), Expires: new Date(0) }],
  ["one that redirects", { Body: Buffer.from("{}"), WebsiteRedirectLocation: "/x" }],
] as const)("%s cannot be put again the same, so nothing is kept for it", async (_name, input) => {
  expect(await readBack(input)).toBeNull();
});

test.each([
  ["metadata that no header can hold", { MissingMeta: 1 }],
  ["a customer's own key", { SSECustomerAlgorithm: "AES256" }],
  ["an encryption that we do not know", { ServerSideEncryption: "rot13" }],
  ["a storage class that we do not know", { StorageClass: "ATTIC" }],
  ["more metadata than any object has", { Metadata: { a: "x".repeat(300_000) } }],
])("nothing is kept of an object with %s", (_name, facts) => {
  // @ts-expect-error: what a store answers need not be what the SDK's types say.
  expect(formatObjectRecipe(facts)).toBeNull();
});

test("an item is kept whole, and comes back as it was", async () => {
  const table = await world.newTable();
  const item = {
    LockID: { S: "acme/x" },
    Info: { S: '{"ID":"a"}' },
    Ttl: { N: "12345678901234567890123456789012345678" },
    Blob: { B: Buffer.from([0, 255]).toString("base64") },
    Deep: { M: { L: { L: [{ BOOL: true }, { NULL: true }, { SS: ["b", "a"] }] } } },
    __proto__x: { S: "\u0000\u202e\u{1f680}" },
  };
  await world.sandbox.putItem(table.account.id, table.region, table.name, item);

  const read = await newScanner().readHalf(table, addressOf(table, "acme/x"));
  const recreate = read.kind === "present" ? read.recreate : null;

  expect(JSON.parse(recreate ?? "")).toMatchObject({ v: 1, kind: "item", item: { LockID: { S: "acme/x" } } });
  expect(parseItemRecipe(recreate ?? "")).toEqual({
    ...item,
    Blob: { B: new Uint8Array([0, 255]) },
    Deep: { M: { L: { L: [{ BOOL: true }, { NULL: true }, { SS: ["a", "b"] }] } } },
  });
});

test.each([
  ["a digest beside its Info", { Info: { S: "{}" }, Digest: { S: "d" } }],
  ["more Info than is kept", { Info: { S: "x".repeat(64 * 1024 + 1) } }],
  ["more beside its Info than is kept", { Info: { S: "{}" }, More: { S: "x".repeat(300_000) } }],
])("an item with %s is not put again", async (_name, attributes) => {
  const table = await world.newTable();
  const item = { LockID: { S: "acme/x" }, ...attributes };
  await world.sandbox.putItem(table.account.id, table.region, table.name, item);

  const read = await newScanner().readHalf(table, addressOf(table, "acme/x"));

  expect(read).toMatchObject({ kind: "present", recreate: null });
});

test("an attribute called __proto__ is an attribute", () => {
  const item = Object.fromEntries([["__proto__", { S: "x" }]]) as NonNullable<PutItemCommandInput["Item"]>;

  expect(Object.entries(parseItemRecipe(formatItemRecipe(item) ?? "") ?? {})).toEqual([["__proto__", { S: "x" }]]);
});

test.each([
  "",
  "null",
  "[]",
  "{}",
  '{"v":2,"kind":"object"}',
  '{"v":2,"kind":"item","item":{"LockID":{"S":"x"}}}',
  '{"v":1,"kind":"item","item":[]}',
  '{"v":1,"kind":"item","item":{"LockID":"x"}}',
  '{"v":1,"kind":"object","acl":"public-read"}',
  '{"v":1,"kind":"object","serverSideEncryption":"rot13"}',
])("%j is not what we wrote", (text) => {
  expect(parseObjectRecipe(text)).toBeNull();
  expect(parseItemRecipe(text)).toBeNull();
});

async function readBack(input: Partial<PutObjectCommandInput>): Promise<string | null> {
  const source = world.newBucket();
  const client = new S3Client({
    endpoint: world.sandbox.s3Url,
    forcePathStyle: true,
    region: source.region,
    credentials: { accessKeyId: "AKIAOWNER", secretAccessKey: "s" },
  });
  onTestFinished(() => client.destroy());
  await client.send(new PutObjectCommand({ Bucket: source.name, Key: "x.tflock", ...input }));
  const read = await newScanner().readHalf(source, addressOf(source, "x.tflock"));
  if (read.kind !== "present") throw new Error(`Expected a half, but it is ${read.kind}.`);
  return read.recreate;
}

function newScanner() {
  return createScanner({ env: world.env, limits: TEST_LIMITS });
}
