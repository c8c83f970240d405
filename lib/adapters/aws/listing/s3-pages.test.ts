import { ListObjectsV2Command, type S3Client } from "@aws-sdk/client-s3";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createScanClients } from "#lib/adapters/aws/account-clients.ts";
import { createCallLimiter } from "#lib/adapters/aws/call-limiter.ts";
import { AWS_LIMITS } from "#lib/adapters/aws/limits.ts";
import { listLockPages } from "#lib/adapters/aws/s3-lister.ts";
import { createScanCalls } from "#lib/adapters/aws/scan-calls.ts";
import { serveRaw } from "#lib/adapters/aws/testing/raw-server.ts";
import { type SandboxAccount, startSandboxAccount } from "#lib/adapters/aws/testing/sandbox-account.ts";
import type { Source } from "#lib/domain/source.ts";
import { listLocks } from "./list-locks.ts";
import type { PairedLock } from "./lock-pairing.ts";
import type { Attempt } from "./request-pace.ts";
import { createPageFetcher } from "./s3-pages.ts";
import { hostileKey } from "./testing/listing-xml.ts";

let world: SandboxAccount;
beforeAll(async () => {
  world = await startSandboxAccount();
});
afterAll(() => world.sandbox.close());

const bucket = fc.record({
  keys: fc.uniqueArray(hostileKey, { maxLength: 40 }),
  boundaries: fc.array(hostileKey, { maxLength: 4 }),
  slots: fc.integer({ min: 1, max: 6 }),
  knobs: fc.record({ maxKeys: fc.integer({ min: 1, max: 6 }), shortPages: fc.boolean(), emptyPages: fc.boolean() }),
});

test("finds over the wire what listing page after page with the SDK finds", async () => {
  const run = fc.asyncProperty(bucket, async ({ keys, boundaries, slots, knobs }) => {
    const source = world.newBucket();
    for (const [size, key] of keys.entries()) {
      // With the lock its state, so that the two are often a range or a page apart.
      world.sandbox.putObject(source.name, key, "x".repeat(size));
      if (key.endsWith(".tflock")) world.sandbox.putObject(source.name, key.slice(0, -7) || "x", "y".repeat(size));
    }
    world.sandbox.setListing(knobs);
    const client = clientFor(source);

    const found: PairedLock[] = [];
    let objectsSeen = 0;
    await listLocks({
      prefix: "",
      memory: { boundaries },
      slots: { acquire: () => Promise.resolve(() => undefined), wanted: () => slots },
      fetchPage: fetcherOf(client, source),
      mayRetry: () => false,
      onPage(page) {
        found.push(...page.locks);
        objectsSeen += page.objectsSeen;
      },
    });

    const today = await listOneByOne(client, source);
    expect(byKey(found)).toEqual(byKey(today.locks));
    expect(objectsSeen).toBe(today.objectsSeen);
  });
  await fc.assert(run, { numRuns: 60 });
});

test("a listing of a prefix asks for nothing else", async () => {
  const source = world.newBucket({ prefix: "team a/" });
  for (const key of ["team a/x", "team a/x.tflock", "team b/x.tflock"]) world.sandbox.putObject(source.name, key, "{}");
  world.sandbox.setListing({ maxKeys: 1 });
  const found: string[] = [];

  await listLocks({
    prefix: source.prefix,
    memory: { boundaries: ["other", "team a/x"] },
    slots: { acquire: () => Promise.resolve(() => undefined), wanted: () => 3 },
    fetchPage: fetcherOf(clientFor(source), source),
    mayRetry: () => false,
    onPage: ({ locks }) => found.push(...locks.map(({ key }) => key)),
  });

  expect(found).toEqual(["team a/x.tflock"]);
});

test("a page that is cut off is asked for again, and in the end an error", async () => {
  const xml = `<ListBucketResult><IsTruncated>false</IsTruncated>${"<Contents><Key>a.tflock</Key></Contents>".repeat(3)}</ListBucketResult>`;
  const source = world.newBucket();
  let cuts = 2;
  const url = await serveRaw((_, response) => {
    cuts -= 1;
    if (cuts < 0) response.end(xml);
    // Once a connection that breaks, once a whole answer with half a document.
    else if (cuts === 0) response.end(xml.slice(0, 150));
    else response.writeHead(200, { "content-length": xml.length }).write(xml.slice(0, 150), () => response.destroy());
  });
  const attempts: number[] = [];
  const fetchPage = fetcherOf(clientFor(source, url), source, ({ status }) => attempts.push(status));

  expect((await fetchPage({ startAfter: "", token: null })).keyCount).toBe(3);
  expect(attempts).toEqual([0, 200, 200]);
  cuts = 100;
  await expect(fetchPage({ startAfter: "", token: null })).rejects.toThrow();
});

test.each([
  ["an error", 403, "<Error><Code>AccessDenied</Code></Error>", { name: "AccessDenied" }],
  [
    "an error in an answer that says all is well",
    200,
    "<Error><Code>InternalError</Code></Error>",
    { name: "InternalError" },
  ],
  ["a portal's page", 200, "<html><body>Sign in</body></html>", { name: "ListingFormatError" }],
  ["nothing", 200, "", { name: "ListingFormatError" }],
])("%s is no page, and what the SDK makes of it", async (_, status, body, error) => {
  const source = world.newBucket();
  const url = await serveRaw((_request, response) => response.writeHead(status).end(body));
  await expect(fetcherOf(clientFor(source, url), source)({ startAfter: "", token: null })).rejects.toMatchObject(error);
});

test("a call that does not ask for the page is answered by the SDK as ever", async () => {
  const source = world.newBucket();
  world.sandbox.putObject(source.name, "a", "x");
  world.sandbox.setListing({});
  const command = new ListObjectsV2Command({ Bucket: source.name, ExpectedBucketOwner: source.account.id });
  expect((await clientFor(source).send(command)).Contents).toMatchObject([{ Key: "a", Size: 1 }]);
});

function clientFor(source: Source, url?: string): S3Client {
  const account = {
    ...source.account,
    endpoints: { ...source.account.endpoints, ...(url === undefined ? {} : { s3: url }) },
  };
  return createScanClients({ environment: world.env, limits: AWS_LIMITS, now: Date.now }).s3({ ...source, account });
}

function fetcherOf(client: S3Client, source: Source, onAttempt: (attempt: Attempt) => void = () => undefined) {
  const place = { bucket: source.name, owner: source.account.id, prefix: source.prefix };
  const run = <T>(call: (signal: AbortSignal) => Promise<T>) => call(new AbortController().signal);
  return createPageFetcher({ client, ...place, run, onAttempt });
}

async function listOneByOne(client: S3Client, source: Source) {
  const calls = createScanCalls({ account: "a", limit: createCallLimiter(AWS_LIMITS), limits: AWS_LIMITS });
  const pages = await Array.fromAsync(listLockPages(client, source, calls));
  const objectsSeen = pages.reduce((sum, page) => sum + page.objectsSeen, 0);
  return { locks: pages.flatMap((page) => page.locks), objectsSeen };
}

function byKey<T extends { key: string }>(locks: readonly T[]): T[] {
  return locks.toSorted((a, b) => (a.key < b.key ? -1 : 1));
}
