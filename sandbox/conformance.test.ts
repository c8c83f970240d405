import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import {
  DeleteItemCommand,
  DescribeTableCommand,
  GetItemCommand,
  PutItemCommand,
  ScanCommand,
} from "@aws-sdk/client-dynamodb";
import {
  DeleteObjectCommand,
  GetBucketLocationCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { AssumeRoleCommand, GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { connectSandbox } from "./client.ts";
import {
  ACCOUNT,
  BUCKET,
  failureOf,
  HAS_VERSIONED,
  IS_REAL,
  type Keys,
  newPrefix,
  OTHER_ACCOUNT,
  REGION,
  STRANGER,
  sendRaw,
  startTarget,
  type Target,
  VERSIONED_BUCKET,
} from "./conformance-target.ts";

/** Left out, and shown as skipped, when CONFORMANCE_S3_ENDPOINT names another endpoint: only the sandbox has these. */
const sandboxTest = test.skipIf(IS_REAL);
const versionedTest = test.skipIf(!HAS_VERSIONED);

const AWKWARD_KEYS = [
  "plain",
  "a b",
  "a+b",
  "a%2Bb",
  "100%",
  "a&b<c>\"d'",
  "q?x=1#frag",
  "dots/./../x",
  "double//slash",
  "trailing/",
  "line\nbreak",
  "tilde~star*(paren)!",
  "env:/prod/key=1,2;3@4$",
  "caf\u00e9",
  "cafe\u0301",
  "lock \u{1f512}",
  "\ue000",
  "\u{10000}",
  "\uffee",
];

let target: Target;
let s3: S3Client;

beforeAll(async () => {
  target = await startTarget();
  s3 = target.s3();
});
afterEach(() => {
  target.sandbox.clearFaults();
  target.sandbox.setListing({});
  target.sandbox.setLatency(0);
  target.sandbox.setClockOffsetMs(0);
  target.sandbox.setSkewRefused(true);
});
afterAll(() => target.close());

async function put(key: string, body = "x", more: { bucket?: string; IfNoneMatch?: string } = {}) {
  const { bucket = BUCKET, ...conditions } = more;
  return s3.send(
    new PutObjectCommand({
      Bucket: bucket,
      Key: key,
      Body: Buffer.from(body),
      ContentLength: Buffer.byteLength(body),
      ...conditions,
    }),
  );
}

async function read(key: string, bucket = BUCKET): Promise<string | undefined> {
  const object = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  return object.Body?.transformToString();
}

const md5 = (text: string) => createHash("md5").update(text).digest("hex");
const decodeKey = (key: string | undefined) => decodeURIComponent((key ?? "").replaceAll("+", "%20"));

/** Lists to the end as a careful client does, and never more than a hundred pages. */
async function listAll(prefix: string, more: { MaxKeys?: number; Delimiter?: string } = {}) {
  const keys: string[] = [];
  const prefixes: string[] = [];
  const counts: number[] = [];
  let token: string | undefined;
  do {
    const input = { Bucket: BUCKET, Prefix: prefix, EncodingType: "url" as const, ContinuationToken: token, ...more };
    const page = await s3.send(new ListObjectsV2Command(input));
    keys.push(...(page.Contents ?? []).map((entry) => decodeKey(entry.Key).slice(prefix.length)));
    prefixes.push(...(page.CommonPrefixes ?? []).map((entry) => decodeKey(entry.Prefix).slice(prefix.length)));
    counts.push(page.KeyCount ?? -1);
    token = page.IsTruncated ? page.NextContinuationToken : undefined;
  } while (token !== undefined && counts.length < 100);
  return { keys, prefixes, counts };
}

test.each(AWKWARD_KEYS)("the key %j round trips through PUT, LIST, HEAD, GET and DELETE", async (name) => {
  const prefix = newPrefix();
  const key = `${prefix}${name}`;
  const stored = await put(key, name);
  expect((await listAll(prefix)).keys).toEqual([name]);
  expect((await s3.send(new HeadObjectCommand({ Bucket: BUCKET, Key: key }))).ETag).toBe(stored.ETag);
  expect(await read(key)).toBe(name);
  await s3.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: key, IfMatch: stored.ETag }));
  expect((await listAll(prefix)).keys).toEqual([]);
});

test("keys are listed in the order of their UTF-8 bytes, whatever the page size", async () => {
  const prefix = newPrefix();
  for (const name of AWKWARD_KEYS) await put(`${prefix}${name}`);
  const expected = AWKWARD_KEYS.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  expect(expected.indexOf("\ue000")).toBeLessThan(expected.indexOf("\u{10000}"));
  for (const MaxKeys of [1, 2, 7, 1000]) expect((await listAll(prefix, { MaxKeys })).keys).toEqual(expected);
});

test("encoding-type=url writes a space as + and a plus as %2B and leaves slashes", async () => {
  const prefix = newPrefix();
  await put(`${prefix}a b+c/d%e\u{1f512}`);
  const page = await s3.send(new ListObjectsV2Command({ Bucket: BUCKET, Prefix: prefix, EncodingType: "url" }));
  expect(page.EncodingType).toBe("url");
  expect(page.Contents?.[0]?.Key).toBe(`${prefix}a+b%2Bc/d%25e%F0%9F%94%92`);
});

test("a listing without encoding-type carries &<> and quotes intact", async () => {
  const prefix = newPrefix();
  await put(`${prefix}a&b<c>"d'`);
  const page = await s3.send(new ListObjectsV2Command({ Bucket: BUCKET, Prefix: prefix }));
  expect(page.Contents?.[0]?.Key).toBe(`${prefix}a&b<c>"d'`);
});

test("a delimiter rolls keys up once, also over page ends", async () => {
  const prefix = newPrefix();
  for (const name of ["a", "b/1", "b/2", "b/3", "c", "d/1", "d/e/2", "f"]) await put(`${prefix}${name}`);
  for (const MaxKeys of [1, 2, 3, 1000]) {
    const listing = await listAll(prefix, { MaxKeys, Delimiter: "/" });
    expect(listing).toMatchObject({ keys: ["a", "c", "f"], prefixes: ["b/", "d/"] });
    expect(Math.max(...listing.counts)).toBeLessThanOrEqual(MaxKeys);
  }
});

test("start-after is exclusive and need not be a key", async () => {
  const prefix = newPrefix();
  for (const name of ["a", "b", "c"]) await put(`${prefix}${name}`);
  const after = async (name: string) => {
    const input = { Bucket: BUCKET, Prefix: prefix, StartAfter: `${prefix}${name}` };
    const page = await s3.send(new ListObjectsV2Command(input));
    return (page.Contents ?? []).map((entry) => entry.Key?.slice(prefix.length));
  };
  expect(await after("a")).toEqual(["b", "c"]);
  expect(await after("aa")).toEqual(["b", "c"]);
  expect(await after("c")).toEqual([]);
});

test("a listing shows the size, the ETag and whole seconds of the last change", async () => {
  const prefix = newPrefix();
  const stored = await put(`${prefix}a`, "four");
  const page = await s3.send(new ListObjectsV2Command({ Bucket: BUCKET, Prefix: prefix }));
  expect(page.Contents?.[0]).toMatchObject({ Size: 4, ETag: stored.ETag });
  expect((page.Contents?.[0]?.LastModified?.getTime() ?? 1) % 1000).toBe(0);
});

test("PUT with If-None-Match: * lets exactly one of ten writers in", async () => {
  const key = `${newPrefix()}lock`;
  const writers = Array.from({ length: 10 }, (_, index) => put(key, `writer ${index}`, { IfNoneMatch: "*" }));
  const results = await Promise.allSettled(writers);
  const winners = results.flatMap((result, index) => (result.status === "fulfilled" ? [index] : []));
  expect(winners).toHaveLength(1);
  expect(await read(key)).toBe(`writer ${winners[0]}`);
  const late = await failureOf(put(key, "late", { IfNoneMatch: "*" }));
  expect(late).toMatchObject({ name: "PreconditionFailed", status: 412 });
});

test("DELETE with a wrong If-Match deletes nothing", async () => {
  const key = `${newPrefix()}lock`;
  const first = await put(key, "first");
  await put(key, "second");
  const failure = await failureOf(s3.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: key, IfMatch: first.ETag })));
  expect(failure).toMatchObject({ name: "PreconditionFailed", status: 412 });
  expect(await read(key)).toBe("second");
});

test("DELETE with the right If-Match answers 204 and deletes", async () => {
  const key = `${newPrefix()}lock`;
  for (const condition of [(etag: string) => etag, (etag: string) => etag.replaceAll('"', ""), () => "*"]) {
    const { ETag = "" } = await put(key, "lock");
    const answer = await s3.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: key, IfMatch: condition(ETag) }));
    expect(answer.$metadata.httpStatusCode).toBe(204);
    expect(await failureOf(read(key))).toMatchObject({ name: "NoSuchKey", status: 404 });
  }
});

test("DELETE of an absent key is 204, and 404 with If-Match", async () => {
  const Key = `${newPrefix()}absent`;
  expect((await s3.send(new DeleteObjectCommand({ Bucket: BUCKET, Key }))).$metadata.httpStatusCode).toBe(204);
  const failure = await failureOf(s3.send(new DeleteObjectCommand({ Bucket: BUCKET, Key, IfMatch: '"x"' })));
  expect(failure).toMatchObject({ name: "NoSuchKey", status: 404 });
});

test("GET honours Range, also past the end of the object", async () => {
  const Key = `${newPrefix()}body`;
  await put(Key, "0123456789");
  const part = async (Range: string) => {
    const answer = await s3.send(new GetObjectCommand({ Bucket: BUCKET, Key, Range }));
    return [answer.$metadata.httpStatusCode, answer.ContentRange, await answer.Body?.transformToString()];
  };
  expect(await part("bytes=2-4")).toEqual([206, "bytes 2-4/10", "234"]);
  expect(await part("bytes=0-65535")).toEqual([206, "bytes 0-9/10", "0123456789"]);
  expect(await part("bytes=7-")).toEqual([206, "bytes 7-9/10", "789"]);
  expect(await part("bytes=-3")).toEqual([206, "bytes 7-9/10", "789"]);
  expect(await failureOf(part("bytes=10-20"))).toMatchObject({ name: "InvalidRange", status: 416 });
});

test("GET with Range of an empty object is 416 InvalidRange", async () => {
  const Key = `${newPrefix()}empty`;
  await put(Key, "");
  const failure = await failureOf(s3.send(new GetObjectCommand({ Bucket: BUCKET, Key, Range: "bytes=0-65535" })));
  expect(failure).toMatchObject({ name: "InvalidRange", status: 416 });
  expect(await read(Key)).toBe("");
});

test("GET honours If-Match and If-None-Match", async () => {
  const Key = `${newPrefix()}a`;
  const { ETag } = await put(Key);
  const get = (more: { IfMatch?: string; IfNoneMatch?: string | undefined }) =>
    s3.send(new GetObjectCommand({ Bucket: BUCKET, Key, IfMatch: more.IfMatch, IfNoneMatch: more.IfNoneMatch }));
  expect((await failureOf(get({ IfNoneMatch: ETag }))).status).toBe(304);
  expect((await failureOf(get({ IfMatch: '"other"' }))).status).toBe(412);
  expect((await get({ IfNoneMatch: '"other"' })).ETag).toBe(ETag);
});

test("a body of unknown bytes sent in chunks with a trailing checksum is stored as it is", async () => {
  const Key = `${newPrefix()}chunked`;
  const bytes = Buffer.from(Array.from({ length: 70_000 }, (_, index) => index % 251));
  const input = { Bucket: BUCKET, Key, Body: Readable.from([bytes]), ContentLength: bytes.length };
  await s3.send(new PutObjectCommand({ ...input, ChecksumAlgorithm: "CRC32" }));
  const stored = await s3.send(new GetObjectCommand({ Bucket: BUCKET, Key }));
  expect(Buffer.from((await stored.Body?.transformToByteArray()) ?? []).equals(bytes)).toBe(true);
});

test("an object comes back with the type, the caching and the metadata that it was put with", async () => {
  const at = { Bucket: BUCKET, Key: `${newPrefix()}lock` };
  const facts = {
    ContentType: "application/json",
    ContentEncoding: "identity",
    CacheControl: "no-store",
    ContentDisposition: "attachment",
    ContentLanguage: "en",
    Metadata: { tool: "terraform", note: "a b" },
  };
  await s3.send(new PutObjectCommand({ ...at, ...facts, Body: Buffer.from("{}"), ContentLength: 2 }));
  expect(await s3.send(new HeadObjectCommand(at))).toMatchObject(facts);
  expect(await s3.send(new GetObjectCommand(at))).toMatchObject(facts);
});

test("a body that does not match its SHA-256 is not stored", async () => {
  const key = `${newPrefix()}lock`;
  const wrong = createHash("sha256").update("other").digest("base64");
  const input = { Bucket: BUCKET, Key: key, Body: Buffer.from("body"), ContentLength: 4, ChecksumSHA256: wrong };
  expect(await failureOf(s3.send(new PutObjectCommand(input)))).toMatchObject({ status: 400 });
  expect(await failureOf(read(key))).toMatchObject({ name: "NoSuchKey" });
});

test("every answer has a date in whole seconds, an error too", async () => {
  const client = target.s3();
  const dates: unknown[] = [];
  client.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      dates.push(Reflect.get(Object(Reflect.get(Object(result.response), "headers")), "date"));
      return result;
    },
    { step: "deserialize", priority: "low" },
  );
  const key = `${newPrefix()}lock`;
  await put(key);
  await client.send(new HeadObjectCommand({ Bucket: BUCKET, Key: key }));
  await failureOf(client.send(new HeadObjectCommand({ Bucket: BUCKET, Key: `${key}-absent` })));
  expect(dates).toHaveLength(2);
  for (const date of dates) expect(new Date(String(date)).toUTCString()).toBe(date);
});

test("what is not there is named: key 404, bucket 404, HEAD without a code", async () => {
  const Key = `${newPrefix()}absent`;
  expect(await failureOf(read(Key))).toMatchObject({ name: "NoSuchKey", status: 404 });
  expect(await failureOf(s3.send(new HeadObjectCommand({ Bucket: BUCKET, Key })))).toMatchObject({ name: "NotFound" });
  const nowhere = await failureOf(s3.send(new ListObjectsV2Command({ Bucket: "no-such-bucket-lockkeeper-0b7f" })));
  expect(nowhere).toMatchObject({ name: "NoSuchBucket", status: 404 });
});

versionedTest("deleting in a versioned bucket leaves a marker, and a new lock can be taken over it", async () => {
  const at = { Bucket: VERSIONED_BUCKET, Key: `${newPrefix()}lock` };
  const first = await put(at.Key, "first", { bucket: at.Bucket });
  const deleted = await s3.send(new DeleteObjectCommand({ ...at, IfMatch: first.ETag }));
  expect(deleted).toMatchObject({ DeleteMarker: true, VersionId: expect.stringMatching(/.+/) });
  expect(await failureOf(read(at.Key, at.Bucket))).toMatchObject({ name: "NoSuchKey", status: 404 });
  expect((await s3.send(new GetObjectCommand({ ...at, VersionId: first.VersionId }))).ETag).toBe(first.ETag);

  await put(at.Key, "second", { bucket: at.Bucket, IfNoneMatch: "*" });
  const listed = await s3.send(new ListObjectVersionsCommand({ Bucket: at.Bucket, Prefix: at.Key }));
  expect(listed.Versions?.map((version) => version.IsLatest)).toEqual([true, false]);
  expect(listed.DeleteMarkers?.map((marker) => marker.VersionId)).toEqual([deleted.VersionId]);
});

versionedTest("If-Match looks at the current version only, and a version id deletes for good", async () => {
  const at = { Bucket: VERSIONED_BUCKET, Key: `${newPrefix()}lock` };
  const first = await put(at.Key, "first", { bucket: at.Bucket });
  const second = await put(at.Key, "second", { bucket: at.Bucket });
  const failure = await failureOf(s3.send(new DeleteObjectCommand({ ...at, IfMatch: first.ETag })));
  expect(failure).toMatchObject({ name: "PreconditionFailed", status: 412 });
  await s3.send(new DeleteObjectCommand({ ...at, VersionId: second.VersionId }));
  expect(await read(at.Key, at.Bucket)).toBe("first");
  expect(await failureOf(s3.send(new GetObjectCommand({ ...at, VersionId: second.VersionId })))).toMatchObject({
    status: 404,
  });
});

versionedTest(
  "the history of one key is listed entry by entry, newest first, before keys that begin with it",
  async () => {
    const at = { Bucket: VERSIONED_BUCKET, Key: `${newPrefix()}lock` };
    const ids: (string | undefined)[] = [];
    for (const round of [1, 2]) {
      const { VersionId, ETag } = await put(at.Key, `round ${round}`, { bucket: at.Bucket });
      const deleted = await s3.send(new DeleteObjectCommand({ ...at, IfMatch: ETag }));
      ids.unshift(deleted.VersionId, VersionId);
    }
    await put(`${at.Key}.longer`, "x", { bucket: at.Bucket });
    const listed: (string | undefined)[] = [];
    let marker: { KeyMarker?: string | undefined; VersionIdMarker?: string | undefined } = {};
    for (let entry = 0; entry < 5; entry += 1) {
      const input = { Bucket: at.Bucket, Prefix: at.Key, EncodingType: "url" as const, MaxKeys: 1, ...marker };
      const page = await s3.send(new ListObjectVersionsCommand(input));
      const [only, ...others] = [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])];
      expect(others).toEqual([]);
      expect(page.IsTruncated).toBe(entry < 4);
      expect(decodeKey(only?.Key)).toBe(entry < 4 ? at.Key : `${at.Key}.longer`);
      if (entry < 4) listed.push(only?.VersionId);
      marker = { KeyMarker: at.Key, VersionIdMarker: only?.VersionId };
    }
    expect(listed).toEqual(ids);
  },
);

sandboxTest("short truncated pages lose no key of a client that follows tokens", async () => {
  const prefix = newPrefix();
  const names = Array.from({ length: 23 }, (_, index) => String(index).padStart(2, "0"));
  for (const name of names) target.sandbox.putObject(BUCKET, `${prefix}${name}`, "x");
  target.sandbox.setListing({ shortPages: true });
  const { keys, counts } = await listAll(prefix);
  expect(keys).toEqual(names);
  expect(Math.max(...counts)).toBeLessThanOrEqual(3);
});

sandboxTest("empty truncated pages come before and after keys", async () => {
  const prefix = newPrefix();
  const names = ["a", "b", "c", "d", "e"];
  for (const name of names) target.sandbox.putObject(BUCKET, `${prefix}${name}`, "x");
  target.sandbox.setListing({ emptyPages: true, maxKeys: 2 });
  const { keys, counts } = await listAll(prefix);
  expect(keys).toEqual(names);
  expect(counts).toEqual([0, 2, 0, 2, 0, 1, 0, 0]);
});

sandboxTest(
  "the wrong region is a 301 that names the right one, and the location can be asked from anywhere",
  async () => {
    const elsewhere = target.s3({ region: "ap-southeast-2" });
    const failure = await failureOf(elsewhere.send(new ListObjectsV2Command({ Bucket: BUCKET })));
    expect(failure).toMatchObject({ name: "PermanentRedirect", status: 301 });
    expect((await elsewhere.send(new GetBucketLocationCommand({ Bucket: BUCKET }))).LocationConstraint).toBe(REGION);
    const raw = await sendRaw(target.sandbox.s3Url, "HEAD", `/${BUCKET}`, { region: "ap-southeast-2" });
    expect(raw).toMatchObject({ status: 301, text: "", headers: { "x-amz-bucket-region": REGION } });
    const body = await sendRaw(target.sandbox.s3Url, "GET", `/${BUCKET}/key`, { region: "ap-southeast-2" });
    expect(body.text).toContain(`<Endpoint>${BUCKET}.s3.${REGION}.amazonaws.com</Endpoint>`);
    expect((await s3.send(new HeadBucketCommand({ Bucket: BUCKET }))).BucketRegion).toBe(REGION);
  },
);

sandboxTest("the wrong owner, a stranger's key and an unknown key are 403", async () => {
  const list = (client: S3Client, ExpectedBucketOwner: string) =>
    client.send(new ListObjectsV2Command({ Bucket: BUCKET, ExpectedBucketOwner }));
  expect((await list(s3, ACCOUNT)).$metadata.httpStatusCode).toBe(200);
  expect(await failureOf(list(s3, OTHER_ACCOUNT))).toMatchObject({ name: "AccessDenied", status: 403 });
  expect(await failureOf(list(target.s3({ keys: STRANGER }), ACCOUNT))).toMatchObject({
    name: "AccessDenied",
    status: 403,
  });
  const unknown = target.s3({ keys: { accessKeyId: "AKIANOBODY", secretAccessKey: "s" } });
  expect(await failureOf(list(unknown, ACCOUNT))).toMatchObject({ name: "InvalidAccessKeyId", status: 403 });
  const anonymous = await sendRaw(target.sandbox.s3Url, "GET", `/${BUCKET}?list-type=2`, {
    headers: { authorization: "" },
  });
  expect(anonymous.status).toBe(403);
});

sandboxTest("a role does what it is allowed, and learns of absent keys only if it may list", async () => {
  target.sandbox.addRole({ accountId: ACCOUNT, name: "reader", allow: ["s3:GetObject"], denyReadKeys: /secret/g });
  const reader = target.s3({ keys: await assume("reader") });
  const prefix = newPrefix();
  await put(`${prefix}open`, "open");
  await put(`${prefix}secret`, "secret");
  const get = (name: string) => reader.send(new GetObjectCommand({ Bucket: BUCKET, Key: `${prefix}${name}` }));
  expect((await get("open")).$metadata.httpStatusCode).toBe(200);
  for (const name of ["secret", "secret", "absent"]) {
    expect(await failureOf(get(name))).toMatchObject({ name: "AccessDenied", status: 403 });
  }
  const remove = new DeleteObjectCommand({ Bucket: BUCKET, Key: `${prefix}open` });
  expect(await failureOf(reader.send(remove))).toMatchObject({ name: "AccessDenied", status: 403 });
  expect(await failureOf(reader.send(new ListObjectsV2Command({ Bucket: BUCKET })))).toMatchObject({ status: 403 });
});

sandboxTest("buckets say their versioning, and only their owner lists them", async () => {
  const status = async (Bucket: string) => (await s3.send(new GetBucketVersioningCommand({ Bucket }))).Status;
  expect([await status("plain"), await status("versioned"), await status("suspended")]).toEqual([
    undefined,
    "Enabled",
    "Suspended",
  ]);
  const names = async (client: S3Client) =>
    ((await client.send(new ListBucketsCommand({}))).Buckets ?? []).map(({ Name }) => Name);
  expect(await names(s3)).toEqual(["plain", "suspended", "versioned"]);
  expect(await names(target.s3({ keys: STRANGER }))).toEqual([]);
});

sandboxTest("a bucket with suspended versioning keeps one null version and a null marker", async () => {
  const at = { Bucket: "suspended", Key: `${newPrefix()}lock` };
  await put(at.Key, "first", { bucket: at.Bucket });
  const second = await put(at.Key, "second", { bucket: at.Bucket });
  await s3.send(new DeleteObjectCommand({ ...at, IfMatch: second.ETag }));
  const versions = target.sandbox.listVersions(at.Bucket, at.Key);
  expect(versions.map(({ versionId, isDeleteMarker }) => [versionId, isDeleteMarker])).toEqual([["null", true]]);
});

sandboxTest("answers on the wire look like those of S3", async () => {
  const url = target.sandbox.s3Url;
  const prefix = newPrefix();
  const absent = await sendRaw(url, "GET", `/${BUCKET}/${prefix}a%26b`);
  expect(absent.status).toBe(404);
  expect(absent.text).toMatch(/^<\?xml version="1.0" encoding="UTF-8"\?>\n<Error><Code>NoSuchKey<\/Code>/);
  expect(absent.text).toContain(`<Key>${prefix}a&amp;b</Key>`);
  expect(absent.text).toContain(`<RequestId>${absent.headers["x-amz-request-id"]}</RequestId>`);
  expect(absent.headers).toMatchObject({ "x-amz-id-2": expect.any(String), date: expect.any(String) });
  await sendRaw(url, "PUT", `/${BUCKET}/${prefix}x/../y`, { body: "dots" });
  expect(target.sandbox.getObject(BUCKET, `${prefix}x/../y`)).not.toBeNull();
  expect((await sendRaw(url, "GET", `/${BUCKET}/%ff`)).text).toContain("<Code>InvalidURI</Code>");
  expect((await sendRaw(url, "GET", `/${BUCKET}/${"k".repeat(1025)}`)).text).toContain("<Code>KeyTooLongError</Code>");
  expect((await sendRaw(url, "GET", `/${BUCKET}?acl`)).status).toBe(501);
  expect((await sendRaw(url, "GET", `/${BUCKET}?list-type=2&continuation-token=nonsense`)).status).toBe(400);
  target.sandbox.putObject("versioned", `${prefix}gone`, "x");
  target.sandbox.deleteObject("versioned", `${prefix}gone`);
  const gone = await sendRaw(url, "GET", `/versioned/${prefix}gone`);
  expect(gone).toMatchObject({ status: 404, headers: { "x-amz-delete-marker": "true" } });
  expect((await sendRaw(url, "DELETE", `/versioned/${prefix}gone`, { headers: { "if-match": "*" } })).status).toBe(404);
});

async function assume(
  role: string,
  more: { Policy?: string; SourceIdentity?: string; ExternalId?: string } = {},
): Promise<Keys> {
  const input = {
    RoleArn: `arn:aws:iam::${ACCOUNT}:role/${role}`,
    RoleSessionName: "test",
    DurationSeconds: 900,
    ...more,
  };
  const { Credentials } = await target.sts().send(new AssumeRoleCommand(input));
  return {
    accessKeyId: Credentials?.AccessKeyId ?? "",
    secretAccessKey: Credentials?.SecretAccessKey ?? "",
    sessionToken: Credentials?.SessionToken ?? "",
  };
}

sandboxTest("AssumeRole wants the external id and valid names, and its session says who acts", async () => {
  target.sandbox.addRole({ accountId: ACCOUNT, name: "guarded", externalId: "secret-id" });
  expect(await failureOf(assume("guarded"))).toMatchObject({ name: "AccessDenied", status: 403 });
  expect(await failureOf(assume("absent"))).toMatchObject({ name: "AccessDenied", status: 403 });
  expect(await failureOf(assume("guarded", { SourceIdentity: "a b" }))).toMatchObject({ status: 400 });
  expect(await failureOf(assume("guarded", { Policy: "{" }))).toMatchObject({
    name: "MalformedPolicyDocumentException",
  });
  const keys = await assume("guarded", { ExternalId: "secret-id", SourceIdentity: "maintainer@example.com" });
  const { Arn, Account } = await target.sts({ keys }).send(new GetCallerIdentityCommand({}));
  expect([Arn, Account]).toEqual([`arn:aws:sts::${ACCOUNT}:assumed-role/guarded/test`, ACCOUNT]);
  await target.s3({ keys }).send(new ListObjectsV2Command({ Bucket: BUCKET }));
  const [entry] = target.sandbox.journal({ role: "guarded", operation: "ListObjectsV2" });
  expect(entry?.principal).toMatchObject({ sessionName: "test", sourceIdentity: "maintainer@example.com" });
  const withoutToken = { accessKeyId: keys.accessKeyId, secretAccessKey: keys.secretAccessKey };
  const failure = await failureOf(target.s3({ keys: withoutToken }).send(new ListObjectsV2Command({ Bucket: BUCKET })));
  expect(failure).toMatchObject({ name: "InvalidToken", status: 400 });
});

sandboxTest("a session policy narrows deletes to one key and one item", async () => {
  target.sandbox.addRole({ accountId: ACCOUNT, name: "unlock" });
  const prefix = newPrefix();
  const table = `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/locks`;
  const condition = { "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": ["mine"] } };
  const Policy = JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Action: ["s3:GetObject", "s3:DeleteObject"],
        Resource: `arn:aws:s3:::${BUCKET}/${prefix}mine`,
      },
      { Effect: "Allow", Action: "dynamodb:DeleteItem", Resource: table, Condition: condition },
    ],
  });
  const keys = await assume("unlock", { Policy });
  const remove = (name: string) => {
    const { etag } = target.sandbox.putObject(BUCKET, `${prefix}${name}`, "x");
    const input = { Bucket: BUCKET, Key: `${prefix}${name}`, IfMatch: etag };
    return target.s3({ keys }).send(new DeleteObjectCommand(input));
  };
  expect((await remove("mine")).$metadata.httpStatusCode).toBe(204);
  expect(await failureOf(remove("other"))).toMatchObject({ name: "AccessDenied", status: 403 });
  const removeItem = (lockId: string) =>
    target.dynamodb({ keys }).send(new DeleteItemCommand({ TableName: "locks", Key: { LockID: { S: lockId } } }));
  expect((await removeItem("mine")).$metadata.httpStatusCode).toBe(200);
  expect(await failureOf(removeItem("other"))).toMatchObject({ name: "AccessDeniedException", status: 400 });
});

sandboxTest("a session policy narrows puts to one key and one item, whatever the role allows", async () => {
  target.sandbox.addRole({ accountId: ACCOUNT, name: "restore" });
  const prefix = newPrefix();
  const mine = `arn:aws:s3:::${BUCKET}/${prefix}mine`;
  const table = `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/locks`;
  const condition = { "ForAllValues:StringLike": { "dynamodb:LeadingKeys": [`${prefix}mine`] } };
  const Policy = JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      { Effect: "Allow", Action: "s3:PutObject", Resource: mine, Condition: { Null: { "s3:if-none-match": "false" } } },
      { Effect: "Allow", Action: "dynamodb:PutItem", Resource: table, Condition: condition },
    ],
  });
  const keys = await assume("restore", { Policy });
  const create = (name: string, more: { IfNoneMatch?: string } = {}) =>
    target
      .s3({ keys })
      .send(new PutObjectCommand({ Bucket: BUCKET, Key: `${prefix}${name}`, Body: Buffer.from("x"), ...more }));
  expect((await create("mine", { IfNoneMatch: "*" })).$metadata.httpStatusCode).toBe(200);
  for (const refused of [create("mine"), create("other", { IfNoneMatch: "*" })]) {
    expect(await failureOf(refused)).toMatchObject({ name: "AccessDenied", status: 403 });
  }
  const createItem = (name: string) =>
    target
      .dynamodb({ keys })
      .send(new PutItemCommand({ TableName: "locks", Item: { LockID: { S: `${prefix}${name}` } } }));
  expect((await createItem("mine")).$metadata.httpStatusCode).toBe(200);
  expect(await failureOf(createItem("other"))).toMatchObject({ name: "AccessDeniedException", status: 400 });
});

sandboxTest("an object says how it is encrypted: as asked, or by S3's own key", async () => {
  const prefix = newPrefix();
  const create = (name: string, more: Partial<PutObjectCommand["input"]>) =>
    s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: `${prefix}${name}`, Body: Buffer.from("{}"), ...more }));
  const head = (name: string) => s3.send(new HeadObjectCommand({ Bucket: BUCKET, Key: `${prefix}${name}` }));
  const plain = await create("plain", { StorageClass: "STANDARD" });
  expect(plain).toMatchObject({ ServerSideEncryption: "AES256", ETag: `"${md5("{}")}"` });
  expect(await head("plain")).toMatchObject({ ServerSideEncryption: "AES256" });
  expect((await head("plain")).StorageClass).toBeUndefined();
  const kms = {
    ServerSideEncryption: "aws:kms",
    SSEKMSKeyId: "arn:aws:kms:x:y:key/z",
    BucketKeyEnabled: true,
  } as const;
  const encrypted = await create("kms", { ...kms, StorageClass: "STANDARD_IA" });
  expect(encrypted).toMatchObject(kms);
  expect(encrypted.ETag).not.toBe(`"${md5("{}")}"`);
  expect(await head("kms")).toMatchObject({ ...kms, StorageClass: "STANDARD_IA" });
  expect((await create("own", { ServerSideEncryption: "aws:kms" })).SSEKMSKeyId).toContain(`:${ACCOUNT}:key/`);
});

sandboxTest("the sandbox's clock dates its answers, its objects, its markers and its sessions", async () => {
  const key = `${newPrefix()}lock`;
  target.sandbox.setClockOffsetMs(-10 * 60_000);
  await put(key, "x", { bucket: "versioned" });
  const { LastModified } = await s3.send(new HeadObjectCommand({ Bucket: "versioned", Key: key }));
  target.sandbox.deleteObject("versioned", key);
  const { headers } = await sendRaw(target.sandbox.s3Url, "GET", `/versioned/${key}`);
  const times = [
    LastModified?.getTime() ?? 0,
    target.sandbox.listVersions("versioned", key)[0]?.lastModifiedMs ?? 0,
    Date.parse(String(headers["date"])),
  ];
  for (const time of times) expect(Math.abs(time + 10 * 60_000 - Date.now())).toBeLessThan(60_000);
  target.sandbox.addRole({ accountId: ACCOUNT, name: "short-lived" });
  const keys = await assume("short-lived");
  target.sandbox.setClockOffsetMs(10 * 60_000);
  const list = target.s3({ keys }).send(new ListObjectsV2Command({ Bucket: BUCKET }));
  expect(await failureOf(list)).toMatchObject({ name: "ExpiredToken" });
});

sandboxTest("a request dated more than 15 minutes from the sandbox's time is refused as AWS refuses it", async () => {
  const list = () => target.s3().send(new ListObjectsV2Command({ Bucket: BUCKET }));
  for (const offsetMs of [-16 * 60_000, 16 * 60_000]) {
    target.sandbox.setClockOffsetMs(offsetMs);
    const text = offsetMs < 0 ? "Signature not yet current" : "Signature expired";
    const message = expect.stringMatching(text);
    expect(await failureOf(list())).toMatchObject({ name: "RequestTimeTooSkewed", status: 403 });
    await expect(target.sts().send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({
      name: "SignatureDoesNotMatch",
      message,
    });
    await expect(target.dynamodb().send(new DescribeTableCommand({ TableName: "locks" }))).rejects.toMatchObject({
      name: "InvalidSignatureException",
      message,
    });
  }
  target.sandbox.setSkewRefused(false);
  expect((await list()).$metadata.httpStatusCode).toBe(200);
  target.sandbox.setSkewRefused(true);
  target.sandbox.setClockOffsetMs(14 * 60_000);
  expect((await list()).$metadata.httpStatusCode).toBe(200);
});

sandboxTest("DynamoDB honours conditions, and gives the item back on success and on a failed check", async () => {
  const dynamodb = target.dynamodb();
  const Key = { LockID: { S: `${newPrefix()}state` } };
  const TableName = "locks";
  const Item = { ...Key, Info: { S: "holder" } };
  const take = new PutItemCommand({ TableName, Item, ConditionExpression: "attribute_not_exists(LockID)" });
  await dynamodb.send(take);
  expect(await failureOf(dynamodb.send(take))).toMatchObject({ name: "ConditionalCheckFailedException", status: 400 });
  const release = (info: string) =>
    dynamodb.send(
      new DeleteItemCommand({
        TableName,
        Key,
        ConditionExpression: "Info = :raw",
        ExpressionAttributeValues: { ":raw": { S: info } },
        ReturnValues: "ALL_OLD",
        ReturnValuesOnConditionCheckFailure: "ALL_OLD",
      }),
    );
  const failure = await failureOf(release("somebody else"));
  expect(failure).toMatchObject({ name: "ConditionalCheckFailedException", error: { Item } });
  expect((await release("holder")).Attributes).toEqual(Item);
  expect((await dynamodb.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }))).Item).toBeUndefined();
  expect((await failureOf(release("holder"))).error["Item"]).toBeUndefined();
});

sandboxTest("a table belongs to one account and one region, and may be named by its ARN", async () => {
  const tableNamed = (TableName: string, options: { keys?: Keys; region?: string } = {}) =>
    target.dynamodb(options).send(new DescribeTableCommand({ TableName }));
  const arn = `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/locks`;
  expect((await tableNamed("locks")).Table?.TableArn).toBe(arn);
  expect((await tableNamed(arn)).Table?.TableName).toBe("locks");
  expect(await failureOf(tableNamed("locks", { keys: STRANGER }))).toMatchObject({ name: "ResourceNotFoundException" });
  expect(await failureOf(tableNamed("locks", { region: "ap-south-1" }))).toMatchObject({
    name: "ResourceNotFoundException",
  });
  expect(await failureOf(tableNamed(arn, { keys: STRANGER }))).toMatchObject({ name: "AccessDeniedException" });
  const unknown = { accessKeyId: "AKIANOBODY", secretAccessKey: "s" };
  expect(await failureOf(tableNamed("locks", { keys: unknown }))).toMatchObject({
    name: "UnrecognizedClientException",
  });
});

sandboxTest("a filtered scan has pages without items before the one that has it", async () => {
  await target.sandbox.createTable({ accountId: ACCOUNT, name: "paged", region: REGION });
  for (let index = 0; index < 9; index += 1) {
    await target.sandbox.putItem(ACCOUNT, REGION, "paged", { LockID: { S: `b/${index}-md5` }, Digest: { S: "0" } });
  }
  await target.sandbox.putItem(ACCOUNT, REGION, "paged", { LockID: { S: "b/held" }, Info: { S: "" } });
  const counts: (number | undefined)[] = [];
  let page = await target.dynamodb().send(scanOf(undefined));
  counts.push(page.Count);
  while (page.LastEvaluatedKey !== undefined) {
    page = await target.dynamodb().send(scanOf(page.LastEvaluatedKey));
    counts.push(page.Count);
  }
  expect(counts.filter((count) => count === 1)).toHaveLength(1);
  expect(counts.filter((count) => count === 0).length).toBeGreaterThanOrEqual(4);

  function scanOf(ExclusiveStartKey: ScanCommand["input"]["ExclusiveStartKey"]) {
    return new ScanCommand({
      TableName: "paged",
      Limit: 2,
      FilterExpression: "attribute_exists(Info)",
      ExclusiveStartKey,
    });
  }
});

sandboxTest("an injected error answers without acting, as often as asked", async () => {
  const key = `${newPrefix()}lock`;
  const { etag } = target.sandbox.putObject(BUCKET, key, "x");
  const effect = { kind: "status", status: 503, code: "SlowDown" } as const;
  target.sandbox.addFault({ match: { operation: "DeleteObject", keyIncludes: key }, effect, times: 1 });
  const remove = () => s3.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: key, IfMatch: etag }));
  expect(await failureOf(remove())).toMatchObject({ name: "SlowDown", status: 503 });
  expect(target.sandbox.getObject(BUCKET, key)).not.toBeNull();
  expect((await remove()).$metadata.httpStatusCode).toBe(204);
  expect(target.sandbox.journal({ key, isWrite: true }).map((entry) => entry.status)).toEqual([503, 204]);

  const throttled = { kind: "status", status: 400, code: "ThrottlingException" } as const;
  target.sandbox.addFault({ match: { service: "dynamodb" }, effect: throttled });
  const scan = target.dynamodb().send(new ScanCommand({ TableName: "locks" }));
  expect(await failureOf(scan)).toMatchObject({ name: "ThrottlingException", status: 400 });
  target.sandbox.addFault({
    match: { accountId: OTHER_ACCOUNT },
    effect: { kind: "status", status: 403, code: "ExpiredToken" },
  });
  const RoleArn = `arn:aws:iam::${OTHER_ACCOUNT}:role/any`;
  const other = target.sts().send(new AssumeRoleCommand({ RoleArn, RoleSessionName: "test" }));
  expect(await failureOf(other)).toMatchObject({ name: "ExpiredToken" });
});

sandboxTest("a dropped answer comes after the deed, or instead of it", async () => {
  const key = `${newPrefix()}lock`;
  const remove = () => s3.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: key }));
  target.sandbox.putObject(BUCKET, key, "x");
  target.sandbox.addFault({ match: { keyIncludes: key }, effect: { kind: "drop-before" }, times: 1 });
  expect((await failureOf(remove())).status).toBeUndefined();
  expect(target.sandbox.getObject(BUCKET, key)).not.toBeNull();
  target.sandbox.addFault({ match: { keyIncludes: key }, effect: { kind: "drop-after" }, times: 1 });
  expect((await failureOf(remove())).status).toBeUndefined();
  expect(target.sandbox.getObject(BUCKET, key)).toBeNull();
  expect(target.sandbox.journal({ key, isWrite: true }).map((entry) => entry.status)).toEqual([0, 204]);
});

sandboxTest("a captive portal answers 200 and does nothing", async () => {
  const key = `${newPrefix()}lock`;
  target.sandbox.putObject(BUCKET, key, "x");
  target.sandbox.addFault({ match: { keyIncludes: key }, effect: { kind: "answer-200" }, times: 1 });
  const answer = await sendRaw(target.sandbox.s3Url, "DELETE", `/${BUCKET}/${key}`);
  expect(answer).toMatchObject({ status: 200, text: expect.stringContaining("<!doctype html>") });
  expect(target.sandbox.getObject(BUCKET, key)).not.toBeNull();
});

sandboxTest("a hanging request ends by the client's own limit, and a delayed one by itself", async () => {
  const key = `${newPrefix()}lock`;
  target.sandbox.putObject(BUCKET, key, "x");
  target.sandbox.addFault({ match: { keyIncludes: key }, effect: { kind: "hang" }, times: 1 });
  const get = (abortSignal: AbortSignal) =>
    s3.send(new GetObjectCommand({ Bucket: BUCKET, Key: key }), { abortSignal });
  expect((await failureOf(get(AbortSignal.timeout(150)))).status).toBeUndefined();
  target.sandbox.addFault({ match: { keyIncludes: key }, effect: { kind: "delay", ms: 120 }, times: 1 });
  const startedMs = performance.now();
  expect((await get(AbortSignal.timeout(5_000))).$metadata.httpStatusCode).toBe(200);
  expect(performance.now() - startedMs).toBeGreaterThan(110);
});

sandboxTest("a dripping body starts at once and ends late", async () => {
  const key = `${newPrefix()}lock`;
  target.sandbox.putObject(BUCKET, key, "0123456789");
  target.sandbox.addFault({ match: { keyIncludes: key }, effect: { kind: "drip", bytesPerSecond: 20 }, times: 2 });
  const startedMs = performance.now();
  expect(await read(key)).toBe("0123456789");
  expect(performance.now() - startedMs).toBeGreaterThan(400);
  const object = await s3.send(new GetObjectCommand({ Bucket: BUCKET, Key: key }), {
    abortSignal: AbortSignal.timeout(200),
  });
  await expect(object.Body?.transformToString()).rejects.toThrow();
});

sandboxTest("a hook can change a lock between a read and a delete", async () => {
  const key = `${newPrefix()}lock`;
  const { etag } = target.sandbox.putObject(BUCKET, key, "seen");
  const stop = target.sandbox.onRequest((event, phase) => {
    if (phase === "before" && event.operation === "DeleteObject" && event.key === key) {
      target.sandbox.putObject(BUCKET, key, "newer");
    }
  });
  const failure = await failureOf(s3.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: key, IfMatch: etag })));
  stop();
  expect(failure).toMatchObject({ name: "PreconditionFailed", status: 412 });
  expect(await read(key)).toBe("newer");
});

sandboxTest("the journal knows every request, who sent it and whether it could write", async () => {
  target.sandbox.clearJournal();
  const key = `${newPrefix()}lock`;
  await put(key);
  await read(key);
  await target.dynamodb().send(new GetItemCommand({ TableName: "locks", Key: { LockID: { S: key } } }));
  await target.dynamodb().send(new DeleteItemCommand({ TableName: "locks", Key: { LockID: { S: key } } }));
  const seen = target.sandbox.journal({ key });
  expect(seen.map(({ service, operation, isWrite, status }) => [service, operation, isWrite, status])).toEqual([
    ["s3", "PutObject", true, 200],
    ["s3", "GetObject", false, 200],
    ["dynamodb", "GetItem", false, 200],
    ["dynamodb", "DeleteItem", true, 200],
  ]);
  expect(seen.every((entry) => entry.accountId === ACCOUNT && entry.principal?.role === null)).toBe(true);
  expect(seen[3]?.body).toContain('"TableName":"locks"');
});

sandboxTest("another process can do all this through the control API", async () => {
  const remote = connectSandbox(target.sandbox.s3Url);
  const key = `${newPrefix()}\u202e "odd" \u{1f512}`;
  await remote.createBucket({ accountId: ACCOUNT, name: "made-remotely", region: REGION, versioning: "enabled" });
  const { etag } = await remote.putObject("made-remotely", key, new Uint8Array([0, 255]), { lastModifiedMs: 5_000 });
  expect(await remote.getObject("made-remotely", key)).toMatchObject({
    etag,
    lastModifiedMs: 5_000,
    body: Buffer.from([0, 255]),
  });
  await remote.deleteObject("made-remotely", key);
  expect((await remote.listVersions("made-remotely", key)).map(({ isDeleteMarker }) => isDeleteMarker)).toEqual([
    true,
    false,
  ]);
  await remote.setClockOffsetMs(3_600_000);
  await remote.putObject("made-remotely", "later", "x");
  const later = await remote.getObject("made-remotely", "later");
  expect((later?.lastModifiedMs ?? 0) - Date.now()).toBeGreaterThan(3_500_000);
  await remote.setClockOffsetMs(0);
  await remote.createTable({ accountId: ACCOUNT, name: "remote-locks", region: REGION });
  await remote.putItem(ACCOUNT, REGION, "remote-locks", { LockID: { S: key } });
  expect(await remote.getItem(ACCOUNT, REGION, "remote-locks", key)).toEqual({ LockID: { S: key } });
  await remote.deleteItem(ACCOUNT, REGION, "remote-locks", key);
  expect(await remote.getItem(ACCOUNT, REGION, "remote-locks", key)).toBeNull();
  const id = await remote.addFault({
    match: { operation: "ListBuckets" },
    effect: { kind: "status", status: 500, code: "InternalError" },
  });
  expect(await failureOf(s3.send(new ListBucketsCommand({})))).toMatchObject({ status: 500 });
  await remote.removeFault(id);
  await s3.send(new ListBucketsCommand({}));
  expect((await remote.journal({ operation: "ListBuckets" })).slice(-2).map(({ status }) => status)).toEqual([
    500, 200,
  ]);
  await expect(remote.getObject("no-such-bucket", key)).rejects.toThrow("no bucket");
  const page = await fetch(`${target.sandbox.s3Url}/_sandbox/journal`, { headers: { origin: "https://example.com" } });
  expect(page.status).toBe(403);
});
