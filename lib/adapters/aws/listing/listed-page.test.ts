import { ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { HttpResponse } from "@smithy/core/protocols";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type ListedPage, readListedPage } from "./listed-page.ts";
import { hostileKey, PLAIN_STYLE, writeListing, type XmlObject, type XmlPage } from "./testing/listing-xml.ts";

const object = fc.record<XmlObject>({
  key: hostileKey,
  sizeBytes: fc.nat(),
  lastModifiedMs: fc.integer({ min: 0, max: 4_000_000_000 }).map((seconds) => seconds * 1000),
  etag: fc.constantFrom('"d41d8cd98f00b204e9800998ecf8427e"', '"a-2"', "bare", 'W/"weak"'),
});
const page = fc.record<XmlPage>({
  objects: fc.array(object, { maxLength: 6 }),
  nextToken: fc.constantFrom(null, "1-token/+=", "a&b<c>"),
  isUrlEncoded: fc.boolean(),
});
const style = fc
  .infiniteStream(fc.nat())
  .map((stream) => ({ pick: (below: number) => (stream.next().value ?? 0) % below }));

test("reads from the bytes what was written, in whatever way XML allows it to be written", () => {
  const property = fc.property(page, style, (written, how) => {
    expect(contentsOf(readListedPage(Buffer.from(writeListing(written, how))))).toEqual({
      objects: written.objects,
      nextToken: written.nextToken,
    });
  });
  fc.assert(property, { numRuns: 2_000 });
});

test("reads the same as the SDK's own parser", { timeout: 60_000 }, async () => {
  const property = fc.asyncProperty(page, style, async (written, how) => {
    const xml = writeListing(written, how);
    // The SDK drops a key of white space, and reads an entity above U+FFFF as another character.
    fc.pre(written.objects.every(({ key }) => key.trim() !== ""));
    fc.pre(!/&#(x[\da-f]{5,}|[7-9]\d{4}|6[6-9]\d{3}|65[6-9]\d\d|655[4-9]\d|6553[6-9]|\d{6,});/.test(xml));
    const bytes = Buffer.from(xml);
    expect(contentsOf(readListedPage(bytes)), xml).toEqual(await readWithSdk(bytes));
  });
  await fc.assert(property, { numRuns: 500 });
});

test("a listing that is cut anywhere is refused, and never read as a shorter one", () => {
  const property = fc.property(page, style, fc.nat(), (written, how, at) => {
    const bytes = Buffer.from(writeListing(written, how).trimEnd());
    const root = bytes.indexOf("<ListBucketResult");
    const cut = bytes.subarray(0, at % bytes.length);
    // Without its root it is no listing yet, which the SDK refuses as it refuses any other page.
    if (cut.length < root + "<ListBucketResult".length) expect(readListedPage(cut)).toBeNull();
    else expect(() => readListedPage(cut)).toThrow("The listing cannot be read");
  });
  fc.assert(property, { numRuns: 2_000 });
});

test("what is read from damaged bytes is what the SDK reads from them", { timeout: 60_000 }, async () => {
  const damage = fc.record({
    at: fc.nat(),
    length: fc.nat({ max: 12 }),
    put: fc.constantFrom("", "<", ">", "/", "&", "x", "</Contents>"),
  });
  const property = fc.asyncProperty(page, damage, async (written, { at, length, put }) => {
    const xml = writeListing(written, PLAIN_STYLE);
    const from = at % xml.length;
    const bytes = Buffer.from(xml.slice(0, from) + put + xml.slice(from + length));
    const read = attempt(() => contentsOf(readListedPage(bytes)));
    if (read === null) return;
    fc.pre(read.objects.every(({ key }) => key.trim() !== ""));
    expect(read, bytes.toString()).toEqual(await readWithSdk(bytes));
  });
  await fc.assert(property, { numRuns: 700 });
});

test.each([
  ["a tag that is not closed", "<Contents><Key>a</Contents>"],
  ["an object without a key", "<Contents><Size>1</Size></Contents>"],
  ["two keys in one object", "<Contents><Key>a</Key><Key>b</Key></Contents>"],
  ["tags inside a key", "<Contents><Key>a<b/></Key></Contents>"],
  ["an unknown entity", "<Contents><Key>&nbsp;</Key></Contents>"],
  ["a lone ampersand", "<Contents><Key>a&b</Key></Contents>"],
  ["an entity that is no character", "<Contents><Key>&#xD800;</Key></Contents>"],
  ["two ends", "<IsTruncated>true</IsTruncated>"],
  ["a flag that is neither true nor false", "</ListBucketResult><ListBucketResult>"],
  ["a document type", "<!DOCTYPE a>"],
])("refuses %s", (_, inside) => {
  const xml = `<ListBucketResult><IsTruncated>false</IsTruncated>${inside}</ListBucketResult>`;
  expect(() => readListedPage(Buffer.from(xml))).toThrow("The listing cannot be read");
});

test("a listing that goes on is no end, whether it says where or not, and one without any field is none", () => {
  const read = (inside: string) => readListedPage(Buffer.from(`<ListBucketResult>${inside}</ListBucketResult>`));
  expect(read("<IsTruncated>true</IsTruncated>")?.nextToken).toBe("");
  expect(() => read("<IsTruncated>maybe</IsTruncated>")).toThrow("whether it goes on");
  expect(() => read("<Other/>")).toThrow("no field of a listing");
  expect(read("<KeyCount>0</KeyCount>")).toMatchObject({ keyCount: 0, nextToken: null });
});

test("keys that are no UTF-8 are left out and counted, and the last one is no place to go on from", () => {
  const keys = ["a", "%FF", "%E9", "100%", "%4", "b%C3%A9", "%ED%A0%80"];
  const contents = keys.map((key) => `<Contents><Key>${key}</Key></Contents>`).join("");
  const xml = `<ListBucketResult><EncodingType>url</EncodingType>${contents}</ListBucketResult>`;
  const read = readListedPage(Buffer.from(xml));
  expect(read).toMatchObject({ objectCount: 7, undecodable: 5, keyCount: 2, lastKey: null });
  expect([read?.keyAt(0), read?.keyAt(1)]).toEqual(["a", "bé"]);
});

test.each(["", "<html></html>", "<Error><Code>SlowDown</Code></Error>", "<ListBucketResults/>", "{}"])(
  "%j is no listing, and left to the SDK",
  (text) => {
    expect(readListedPage(Buffer.from(text))).toBeNull();
  },
);

type Contents = {
  objects: { key: string; etag: string | null; sizeBytes: number; lastModifiedMs: number | null }[];
  nextToken: string | null;
};

function contentsOf(read: ListedPage | null): Contents {
  if (read === null) throw new Error("It is no listing.");
  expect(read.undecodable).toBe(0);
  return {
    objects: Array.from({ length: read.keyCount }, (_, index) => read.objectAt(index)),
    nextToken: read.nextToken,
  };
}

async function readWithSdk(bytes: Buffer): Promise<Contents> {
  const response = new HttpResponse({ statusCode: 200, headers: {}, body: bytes });
  const client = new S3Client({
    region: "eu-west-1",
    credentials: { accessKeyId: "a", secretAccessKey: "b" },
    requestHandler: { handle: () => Promise.resolve({ response }) },
    maxAttempts: 1,
  });
  const answer = await client.send(new ListObjectsV2Command({ Bucket: "bucket" }));
  const objects = (answer.Contents ?? []).map(({ Key = "", ETag = null, Size = 0, LastModified }) => ({
    key: answer.EncodingType === "url" ? decodeURIComponent(Key.replaceAll("+", "%20")) : Key,
    etag: ETag,
    sizeBytes: Size,
    lastModifiedMs: LastModified?.getTime() ?? null,
  }));
  return { objects, nextToken: answer.IsTruncated ? (answer.NextContinuationToken ?? null) : null };
}

function attempt<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}
