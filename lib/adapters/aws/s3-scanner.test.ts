import type { RequestListener } from "node:http";
import { afterAll, afterEach, beforeAll, expect, onTestFinished, test } from "vitest";
import type { ObservedHalf } from "#lib/domain/half.ts";
import type { Source } from "#lib/domain/source.ts";
import type { AwsLimits } from "./limits.ts";
import { createScanner } from "./source-scanner.ts";
import { serveRaw } from "./testing/raw-server.ts";
import {
  asSighting,
  HOSTILE_STATE_KEYS,
  type SandboxAccount,
  startSandboxAccount,
  TEST_LIMITS,
} from "./testing/sandbox-account.ts";

let world: SandboxAccount;
beforeAll(async () => {
  world = await startSandboxAccount();
});
afterEach(() => {
  world.sandbox.clearFaults();
  world.sandbox.setListing({});
  world.sandbox.clearJournal();
});
afterAll(() => world.sandbox.close());

test("finds every lock with its body, and the state beside it, without ever reading a state", async () => {
  const source = world.newBucket();
  world.sandbox.putObject(source.name, "net/prod.tfstate", "secret!", { lastModifiedMs: 1_700_000_000_000 });
  const { etag } = world.sandbox.putObject(source.name, "net/prod.tfstate.tflock", '{"ID":"a"}', {
    lastModifiedMs: 1_700_000_005_000,
  });
  world.sandbox.putObject(source.name, "new/first.tfstate.tflock", "{}");
  world.sandbox.putObject(source.name, ".tflock", "foreign");
  world.sandbox.putObject(source.name, "dir/.tflock", "foreign");

  const result = await sweep(source);

  expect(result).toMatchObject({ outcome: "ok", error: null, objectsSeen: 5, foreignSeen: 2, requests: 3 });
  expect(result.halves.map((half) => half.location)).toEqual(["net/prod.tfstate.tflock", "new/first.tfstate.tflock"]);
  expect(result.halves[0]).toEqual({
    sourceId: source.id,
    mechanism: "s3",
    location: "net/prod.tfstate.tflock",
    bucket: source.name,
    stateKey: "net/prod.tfstate",
    body: { kind: "bytes", bytes: new TextEncoder().encode('{"ID":"a"}'), sizeBytes: 10, isTruncated: false },
    fingerprint: "b6adde35198720a8a885d63da8661683575f7141254b7e2ea038f0f329545e31",
    etag,
    versionId: null,
    lastModifiedMs: 1_700_000_005_000,
    state: { lastModifiedMs: 1_700_000_000_000, sizeBytes: 7 },
  });
  expect(result.halves[1]?.state).toBeNull();
  expect(keysRead()).toEqual(["net/prod.tfstate.tflock", "new/first.tfstate.tflock"]);
  expect(ownersSent()).toEqual([source.account.id]);
});

test("lists through short pages and empty truncated pages, and finds states that lie a page before their lock", async () => {
  const source = world.newBucket();
  for (let i = 0; i < 30; i += 1) {
    world.sandbox.putObject(source.name, `s/${i}.tfstate`, "x".repeat(i));
    world.sandbox.putObject(source.name, `s/${i}.tfstate.backup`, "x");
    world.sandbox.putObject(source.name, `s/${i}.tfstate.tflock`, `{"ID":"${i}"}`);
  }
  world.sandbox.setListing({ maxKeys: 9, shortPages: true, emptyPages: true });
  const pages: number[] = [];

  const result = await sweep(source, { onProgress: (progress) => pages.push(progress.pages) });

  expect(result).toMatchObject({ outcome: "ok", objectsSeen: 90 });
  expect(result.halves).toHaveLength(30);
  for (const half of result.halves) {
    const number = Number(/\d+/.exec(half.stateKey)?.[0]);
    expect(half.state?.sizeBytes).toBe(number);
  }
  expect(pages.length).toBeGreaterThan(60);
  expect(pages).toEqual(pages.map((_, index) => index + 1));
});

test.each(HOSTILE_STATE_KEYS)("lists and reads the key %j byte for byte", async (stateKey) => {
  const source = world.newBucket();
  world.sandbox.putObject(source.name, stateKey, "state");
  world.sandbox.putObject(source.name, `${stateKey}.tflock`, "lock body");

  const result = await sweep(source);

  expect(result.error).toBeNull();
  expect(result.halves).toMatchObject([{ location: `${stateKey}.tflock`, stateKey, state: { sizeBytes: 5 } }]);
  expect(textOf(result.halves[0])).toBe("lock body");
  expect(keysRead()).toEqual([`${stateKey}.tflock`]);
});

test("scans only what the prefix covers", async () => {
  const source = world.newBucket({ prefix: "team a/" });
  world.sandbox.putObject(source.name, "team a/x.tflock", "{}");
  world.sandbox.putObject(source.name, "team b/x.tflock", "{}");

  const result = await sweep(source);

  expect(result.halves.map((half) => half.location)).toEqual(["team a/x.tflock"]);
});

test("reads a body only when the listing shows it new or changed", async () => {
  const source = world.newBucket({ versioning: "enabled" });
  world.sandbox.putObject(source.name, "a.tflock", "one");
  world.sandbox.putObject(source.name, "b.tflock", "one");
  const first = await sweep(source);
  world.sandbox.putObject(source.name, "b.tflock", "two");
  world.sandbox.clearJournal();

  const second = await sweep(source, { known: first.halves });

  expect(keysRead()).toEqual(["b.tflock"]);
  expect(second.halves[0]).toEqual(first.halves[0]);
  expect(textOf(second.halves[1])).toBe("two");
  expect(second.halves[0]?.versionId).not.toBeNull();
});

test("shows an empty lock without asking for its body", async () => {
  const source = world.newBucket();
  const { etag } = world.sandbox.putObject(source.name, "a.tflock", "");

  const result = await sweep(source);

  const body = { kind: "bytes", bytes: new Uint8Array(), sizeBytes: 0, isTruncated: false };
  expect(result.halves).toMatchObject([{ body, etag }]);
  expect(keysRead()).toEqual([]);
});

test("keeps 64 KiB of a huge body and says so", async () => {
  const source = world.newBucket();
  world.sandbox.putObject(source.name, "a.tflock", Buffer.alloc(3_000_000, "x"));

  const result = await sweep(source);

  const body = result.halves[0]?.body;
  expect(body).toMatchObject({ kind: "bytes", sizeBytes: 3_000_000, isTruncated: true });
  expect(body?.kind === "bytes" ? body.bytes.length : 0).toBe(65_536);
});

test("a flood of bodies ends in unread locks, not in full memory", async () => {
  const source = world.newBucket();
  for (const name of ["a", "b", "c"]) world.sandbox.putObject(source.name, `${name}.tflock`, Buffer.alloc(1_000));

  const result = await sweep(source, { limits: { sweepBodyBytes: 1_500 } });

  expect(result.outcome).toBe("ok");
  expect(result.halves.map((half) => half.body.kind)).toEqual(["bytes", "bytes", "denied"]);
});

test("a body that AWS denies is shown as present and unread; the sweep is complete", async () => {
  const source = world.newBucket();
  world.sandbox.putObject(source.name, "a.tflock", "{}");
  world.sandbox.addFault({
    match: { operation: "GetObject" },
    effect: { kind: "status", status: 403, code: "AccessDenied" },
  });

  const result = await sweep(source);

  expect(result).toMatchObject({ outcome: "ok", error: null });
  expect(result.halves).toMatchObject([{ fingerprint: null, body: { kind: "denied", sizeBytes: 2 } }]);
  expect(result.halves[0]?.body).toMatchObject({ problem: expect.stringContaining("s3:GetObject") });
});

test("a lock encrypted with a customer's key is shown as present and unread", async () => {
  const source = world.newBucket();
  world.sandbox.putObject(source.name, "a.tflock", "{}");
  world.sandbox.addFault({
    match: { operation: "GetObject" },
    effect: { kind: "status", status: 400, code: "InvalidRequest" },
  });

  const result = await sweep(source);

  expect(result.outcome).toBe("ok");
  expect(result.halves[0]?.body).toMatchObject({ kind: "denied", problem: expect.stringContaining("SSE-C") });
});

test("a lock released between listing and reading is no lock", async () => {
  const source = world.newBucket();
  world.sandbox.putObject(source.name, "a.tflock", "{}");
  const stop = world.sandbox.onRequest((event, phase) => {
    if (event.operation === "GetObject" && phase === "before") world.sandbox.deleteObject(source.name, "a.tflock");
  });
  onTestFinished(stop);

  const result = await sweep(source);

  expect(result).toMatchObject({ outcome: "ok", halves: [] });
});

test("a body that drips leaves its lock unread and the sweep partial, in time", async () => {
  const source = world.newBucket();
  world.sandbox.putObject(source.name, "a.tflock", "x".repeat(500));
  world.sandbox.putObject(source.name, "b.tflock", "{}");
  const effect = { kind: "drip", bytesPerSecond: 10 } as const;
  world.sandbox.addFault({ match: { operation: "GetObject", keyIncludes: "a.tflock" }, effect });

  const result = await sweep(source, { limits: { scanCallMs: 500 } });

  expect(result).toMatchObject({ outcome: "partial", error: { code: "timeout" } });
  expect(result.halves).toMatchObject([
    { body: { kind: "denied", problem: "The body could not be read in time." } },
    { body: { kind: "bytes" } },
  ]);
});

test("a listing that drips or hangs fails in time", async () => {
  const source = world.newBucket();
  world.sandbox.putObject(source.name, "a.tflock", "{}");
  for (const effect of [{ kind: "drip", bytesPerSecond: 10 }, { kind: "hang" }] as const) {
    world.sandbox.addFault({ match: { operation: "ListObjectsV2" }, effect });

    const result = await sweep(source, { limits: { scanCallMs: 400 } });

    expect(result).toMatchObject({ outcome: "error", halves: [], error: { code: "timeout" } });
    world.sandbox.clearFaults();
  }
});

test("a page that fails for good leaves what was found, marked partial", async () => {
  const source = world.newBucket();
  for (let i = 0; i < 12; i += 1) world.sandbox.putObject(source.name, `${10 + i}.tflock`, "{}");
  world.sandbox.setListing({ maxKeys: 1 });
  let lists = 0;
  const stop = world.sandbox.onRequest((event, phase) => {
    if (event.operation !== "ListObjectsV2" || phase !== "before") return;
    lists += 1;
    if (lists !== 7) return;
    const effect = { kind: "status", status: 403, code: "AccessDenied" } as const;
    world.sandbox.addFault({ match: { operation: "ListObjectsV2" }, effect });
  });
  onTestFinished(stop);

  const result = await sweep(source, { limits: { pagesPerBucket: 1 } });

  expect(result).toMatchObject({ outcome: "partial", error: { code: "access_denied" } });
  expect(result.halves).toHaveLength(6);
});

test("reads are tried three times", async () => {
  const source = world.newBucket();
  world.sandbox.putObject(source.name, "a.tflock", "{}");
  const effect = { kind: "status", status: 503, code: "SlowDown" } as const;
  world.sandbox.addFault({ match: { operation: "ListObjectsV2" }, effect, times: 2 });

  const result = await sweep(source);

  expect(result).toMatchObject({ outcome: "ok", requests: 4 });
  expect(result.halves).toHaveLength(1);
});

test.each([
  ["no list permission", { kind: "status", status: 403, code: "AccessDenied" }, "access_denied", "s3:ListBucket"],
  ["a throttled bucket", { kind: "status", status: 503, code: "SlowDown" }, "throttled", "slow down"],
  ["an expired token", { kind: "status", status: 400, code: "ExpiredToken" }, "access_denied", "expired"],
  [
    "an unknown key",
    { kind: "status", status: 403, code: "InvalidAccessKeyId" },
    "access_denied",
    "InvalidAccessKeyId",
  ],
  ["a wrong clock", { kind: "status", status: 403, code: "RequestTimeTooSkewed" }, "unexpected", "clock"],
  ["an inner error", { kind: "status", status: 500, code: "InternalError" }, "unexpected", "InternalError, HTTP 500"],
  ["a broken connection", { kind: "drop-before" }, "unreachable", "ECONNRESET"],
  ["a captive portal", { kind: "answer-200" }, "invalid_answer", "in place of S3"],
] as const)("says in words what %s means", async (_name, effect, code, words) => {
  const source = world.newBucket();
  world.sandbox.addFault({ match: { operation: "ListObjectsV2" }, effect });

  const result = await sweep(source);

  expect(result).toMatchObject({ outcome: "error", error: { code, message: expect.stringContaining(words) } });
});

test("gives the IAM statement that is missing", async () => {
  const source = world.newBucket();
  const effect = { kind: "status", status: 403, code: "AccessDenied", message: "<script>" } as const;
  world.sandbox.addFault({ match: { operation: "ListObjectsV2" }, effect });

  const { error } = await sweep(source);

  const statement = { Effect: "Allow", Action: "s3:ListBucket", Resource: `arn:aws:s3:::${source.name}` };
  expect(JSON.parse(error?.statement ?? "")).toEqual(statement);
  expect(error?.hint).toContain(source.account.id);
  expect(JSON.stringify(error)).not.toContain("<script>");
});

test("names the region a bucket is really in, and does not follow there", async () => {
  const source = world.newBucket();

  const result = await sweep({ ...source, region: "us-east-1" });

  expect(result.error).toMatchObject({
    code: "wrong_region",
    message: "The bucket is in eu-west-1, not in us-east-1.",
  });
  expect(world.sandbox.journal({ service: "s3" })).toHaveLength(1);
});

test("a bucket that belongs to somebody else is refused, and the words say what was asked for", async () => {
  const source = world.newBucket();
  const account = { ...source.account, id: "444455556666" };

  const result = await sweep({ ...source, account });

  expect(result.error).toMatchObject({ code: "access_denied", hint: expect.stringContaining("444455556666") });
});

test("a missing bucket and a closed port are told apart", async () => {
  const source = world.newBucket();
  const nowhere = { ...source.account, endpoints: { ...source.account.endpoints, s3: "http://127.0.0.1:9" } };

  expect((await sweep({ ...source, name: "no-such-bucket" })).error?.code).toBe("not_found");
  const unreachable = await sweep({ ...source, account: nowhere }, { limits: { scanAttempts: 1 } });
  expect(unreachable.error).toMatchObject({ code: "unreachable", message: expect.stringContaining("ECONNREFUSED") });
});

test("a listing that goes round in circles ends, marked partial", async () => {
  const source = await rawBucket((_request, response) => {
    response.end(listing("<IsTruncated>true</IsTruncated><NextContinuationToken>same</NextContinuationToken>"));
  });

  const result = await sweep(source);

  expect(result).toMatchObject({ outcome: "partial", requests: 2, error: { code: "invalid_answer" } });
  expect(result.error?.message).toContain("circles");
});

test("a listing that is cut off without a token is partial", async () => {
  const source = await rawBucket((_request, response) => void response.end(listing("<IsTruncated>true</IsTruncated>")));

  expect(await sweep(source)).toMatchObject({ outcome: "partial", error: { code: "invalid_answer" } });
});

test("keys that cannot be decoded are said to be missing, and do not hide the others", async () => {
  const contents = (key: string) =>
    `<Contents><Key>${key}</Key><Size>0</Size><ETag>"e"</ETag><LastModified>2026-01-01T00:00:00.000Z</LastModified></Contents>`;
  const source = await rawBucket((_request, response) => {
    const body = `${contents("%FF.tflock")}${contents("a%2Bb+c.tflock")}`;
    response.end(listing(`<EncodingType>url</EncodingType>${body}<IsTruncated>false</IsTruncated>`));
  });

  const result = await sweep(source);

  expect(result).toMatchObject({ outcome: "partial", error: { message: expect.stringContaining("1 keys") } });
  expect(result.halves.map((half) => half.location)).toEqual(["a+b c.tflock"]);
});

test("a server that ignores ranges cannot send more than 64 KiB", async () => {
  const listed =
    "<Contents><Key>a.tflock</Key><Size>900000000</Size><ETag>&quot;e&quot;</ETag></Contents><IsTruncated>false</IsTruncated>";
  const source = await rawBucket((request, response) => {
    if (request.url?.includes("list-type")) {
      response.end(listing(listed));
      return;
    }
    response.writeHead(200, { etag: '"e"', "content-length": "900000000" });
    response.write(Buffer.alloc(300_000, "x"));
  });

  const result = await sweep(source);

  const body = result.halves[0]?.body;
  expect(body).toMatchObject({ kind: "bytes", sizeBytes: 900_000_000, isTruncated: true });
  expect(body?.kind === "bytes" ? body.bytes.length : 0).toBe(65_536);
});

test("directory buckets are refused in words", async () => {
  const source = world.newBucket();

  const result = await sweep({ ...source, name: "acme--euw1-az1--x-s3" });

  expect(result).toMatchObject({ outcome: "error", requests: 0 });
});

test("an account that hangs does not slow another, and is not asked for each of its bodies", async () => {
  const slow = world.newBucket();
  const quick = world.newBucket({ account: world.other });
  for (let i = 0; i < 40; i += 1) world.sandbox.putObject(slow.name, `${i}.tflock`, "{}");
  world.sandbox.putObject(quick.name, "a.tflock", "{}");
  world.sandbox.addFault({ match: { operation: "GetObject", bucket: slow.name }, effect: { kind: "hang" } });
  const limits = { ...TEST_LIMITS, callsPerAccount: 4, callsInAll: 5, scanCallMs: 1_000 };
  const scanner = createScanner({ env: world.env, limits });
  const slowSweep = scanner.sweep(slow, [], () => undefined);
  await expect.poll(() => world.sandbox.journal({ operation: "GetObject", bucket: slow.name }).length).toBe(4);

  const result = await scanner.sweep(quick, [], () => undefined);
  const asked = world.sandbox.journal({ operation: "GetObject", bucket: slow.name }).length;
  const slowResult = await slowSweep;

  expect(result).toMatchObject({ outcome: "ok", halves: [{ body: { kind: "bytes" } }] });
  expect(asked).toBe(4);
  expect(slowResult).toMatchObject({ outcome: "partial", error: { code: "timeout" } });
  expect(slowResult.halves).toHaveLength(40);
  expect(world.sandbox.journal({ operation: "GetObject", bucket: slow.name }).length).toBeLessThanOrEqual(12);
});

type SweepOptions = {
  known?: readonly ObservedHalf[];
  limits?: Partial<AwsLimits>;
  onProgress?: (progress: { pages: number }) => void;
};

function sweep(source: Source, { known = [], limits = {}, onProgress = () => undefined }: SweepOptions = {}) {
  const scanner = createScanner({ env: world.env, limits: { ...TEST_LIMITS, ...limits } });
  return scanner.sweep(source, known.map(asSighting), onProgress);
}

function textOf(half: ObservedHalf | undefined): string | null {
  return half?.body.kind === "bytes" ? new TextDecoder().decode(half.body.bytes) : null;
}

function keysRead(): (string | null)[] {
  return world.sandbox.journal({ operation: ["GetObject", "HeadObject"] }).map((entry) => entry.key);
}

function ownersSent(): (string | undefined)[] {
  const owners = world.sandbox.journal({ service: "s3" }).map((entry) => entry.headers["x-amz-expected-bucket-owner"]);
  return [...new Set(owners)];
}

/** A bucket behind a server that answers what the test says. */
async function rawBucket(listener: RequestListener): Promise<Source> {
  const source = world.newBucket();
  const url = await serveRaw(listener);
  return { ...source, account: { ...source.account, endpoints: { ...source.account.endpoints, s3: url } } };
}

function listing(inner: string): string {
  return `<?xml version="1.0"?><ListBucketResult><Name>b</Name>${inner}</ListBucketResult>`;
}
