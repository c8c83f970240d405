import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { Source } from "#lib/domain/source.ts";
import type { AwsLimits } from "./limits.ts";
import { createScanner } from "./source-scanner.ts";
import { serveRaw } from "./testing/raw-server.ts";
import { makeSource, type SandboxAccount, startSandboxAccount, TEST_LIMITS } from "./testing/sandbox-account.ts";

let world: SandboxAccount;
beforeAll(async () => {
  world = await startSandboxAccount();
});
afterEach(() => {
  world.sandbox.clearFaults();
  world.sandbox.clearJournal();
});
afterAll(() => world.sandbox.close());

test("tells locks, malformed locks, digests and foreign items apart, and counts what it does not show", async () => {
  const table = await world.newTable();
  await put(table, { LockID: { S: "acme/a.tfstate" }, Info: { S: '{"ID":"é"}' }, Extra: { S: "x" } });
  await put(table, { LockID: { S: "acme/b.tfstate" }, Info: { N: "1" } });
  await put(table, { LockID: { S: "acme/c.tfstate" } });
  await put(table, { LockID: { S: "acme/d.tfstate" }, Info: { S: "{}" }, Digest: { S: "d" } });
  await put(table, { LockID: { S: "acme/state-md5" }, Info: { S: "{}" } });
  await put(table, { LockID: { S: "acme/a.tfstate-md5" }, Digest: { S: "d" } });
  await put(table, { LockID: { S: "acme/e.tfstate-md5" } });
  await put(table, { LockID: { S: "no-slash" }, Info: { S: "{}" } });

  const result = await sweep(table);

  const seen = { outcome: "ok", error: null, objectsSeen: 8, digestsSeen: 2, foreignSeen: 1, requests: 1 };
  expect(result).toMatchObject(seen);
  const byKey = new Map(result.halves.map((half) => [half.stateKey, half]));
  expect([...byKey.keys()].toSorted()).toEqual(["a.tfstate", "b.tfstate", "c.tfstate", "d.tfstate", "state-md5"]);
  expect(byKey.get("a.tfstate")).toEqual({
    sourceId: table.id,
    mechanism: "dynamodb",
    location: "acme/a.tfstate",
    bucket: "acme",
    stateKey: "a.tfstate",
    body: { kind: "bytes", bytes: new TextEncoder().encode('{"ID":"é"}'), sizeBytes: 11, isTruncated: false },
    fingerprint: "568b1059fc622e40e657641b5744816557c8c7c78daebce453eb21cc5d138c02",
    etag: null,
    versionId: null,
    lastModifiedMs: null,
    state: null,
  });
  expect(byKey.get("b.tfstate")?.body).toMatchObject({ kind: "item", problem: "info_not_string" });
  expect(byKey.get("c.tfstate")?.body).toMatchObject({ kind: "item", problem: "info_missing" });
  expect(byKey.get("d.tfstate")?.body).toMatchObject({ kind: "item", problem: "has_digest" });
});

test("reads on through pages that the filter leaves empty", async () => {
  const table = await world.newTable();
  const digests = Array.from({ length: 60 }, (_, i) =>
    put(table, { LockID: { S: `acme/${i}-md5` }, Digest: { S: "d" } }),
  );
  await Promise.all(digests);
  await put(table, { LockID: { S: "acme/only" }, Info: { S: "{}" } });
  const pages: number[] = [];

  const result = await sweep(table, { tablePageItems: 3 }, (progress) => pages.push(progress.locksFound));

  expect(result).toMatchObject({ outcome: "ok", objectsSeen: 61, digestsSeen: 60, requests: 21 });
  expect(result.halves.map((half) => half.location)).toEqual(["acme/only"]);
  expect(pages.at(-1)).toBe(1);
});

test("a sweep and a strong read of the same item give the same fingerprint", async () => {
  const table = await world.newTable();
  const items = [
    { LockID: { S: "acme/a" }, Info: { S: "x".repeat(70_000) } },
    { LockID: { S: "acme/b" }, Zed: { S: "1" }, Alpha: { M: { b: { N: "1" }, a: { N: "2" } } } },
    { LockID: { S: "acme/c" }, Info: { B: "AAEC" } },
  ];
  for (const item of items) await put(table, item);
  const scanner = createScanner({ env: world.env, limits: TEST_LIMITS });

  const { halves } = await scanner.sweep(table, [], () => undefined);

  expect(halves).toHaveLength(3);
  for (const half of halves) {
    const read = await scanner.readHalf(table, half);
    expect(read).toMatchObject({ kind: "present", fingerprint: half.fingerprint, body: half.body });
  }
  const huge = halves.find((half) => half.location === "acme/a");
  expect(huge?.body).toMatchObject({ kind: "bytes", sizeBytes: 70_000, isTruncated: true });
});

test("a page that fails for good leaves what was found, marked partial", async () => {
  const table = await world.newTable();
  for (let i = 0; i < 6; i += 1) await put(table, { LockID: { S: `acme/${i}` }, Info: { S: "{}" } });
  let pages = 0;

  const result = await sweep(table, { tablePageItems: 2 }, () => {
    pages += 1;
    if (pages < 2) return;
    world.sandbox.addFault({
      match: { operation: "Scan" },
      effect: { kind: "status", status: 400, code: "AccessDeniedException" },
    });
  });

  expect(result).toMatchObject({ outcome: "partial", error: { code: "access_denied" } });
  expect(result.halves).toHaveLength(4);
});

test.each([
  ["AccessDeniedException", "access_denied", "dynamodb:Scan"],
  ["ProvisionedThroughputExceededException", "throttled", "slow down"],
  ["ValidationException", "invalid_answer", "not a lock table"],
  ["UnrecognizedClientException", "access_denied", "does not accept the credentials"],
  ["ExpiredTokenException", "access_denied", "expired"],
] as const)("says in words what %s means", async (code, expected, words) => {
  const table = await world.newTable();
  world.sandbox.addFault({ match: { operation: "Scan" }, effect: { kind: "status", status: 400, code } });

  const result = await sweep(table);

  expect(result).toMatchObject({
    outcome: "error",
    error: { code: expected, message: expect.stringContaining(words) },
  });
});

test("a missing table, a hanging one and a portal are told apart", async () => {
  const table = await world.newTable();

  expect((await sweep(makeSource(table.account, "dynamodb", "no-such-table"))).error?.code).toBe("not_found");
  world.sandbox.addFault({ match: { operation: "Scan" }, effect: { kind: "answer-200" } });
  expect((await sweep(table)).error?.code).toBe("invalid_answer");
  world.sandbox.clearFaults();
  world.sandbox.addFault({ match: { operation: "Scan" }, effect: { kind: "hang" } });
  expect((await sweep(table, { scanCallMs: 300 })).error?.code).toBe("timeout");
});

test("a table keyed by something else is an error in words, and its items are not taken for locks", async () => {
  const table = await rawTable({ Items: [{ PK: { S: "LOCK" }, Info: { S: "{}" } }], Count: 1, ScannedCount: 1 });

  const result = await sweep(table);

  expect(result).toMatchObject({ outcome: "error", halves: [], error: { message: expect.stringContaining("LockID") } });
});

test("a LockID that is no string is counted as foreign", async () => {
  const table = await rawTable({ Items: [{ LockID: { N: "1" }, Info: { S: "{}" } }], Count: 1, ScannedCount: 1 });

  expect(await sweep(table)).toMatchObject({ outcome: "ok", halves: [], foreignSeen: 1 });
});

test("a scan that goes round in circles ends, marked partial", async () => {
  const page = { Items: [], Count: 0, ScannedCount: 1, LastEvaluatedKey: { LockID: { S: "a" } } };
  const table = await rawTable(page);

  const result = await sweep(table);

  expect(result).toMatchObject({ outcome: "partial", error: { message: expect.stringContaining("circles") } });
});

/** A table behind a server that gives every scan the same answer. */
async function rawTable(answer: object): Promise<Source> {
  const table = await world.newTable();
  const url = await serveRaw((_request, response) => {
    response.writeHead(200, { "content-type": "application/x-amz-json-1.0" });
    response.end(JSON.stringify(answer));
  });
  return { ...table, account: { ...table.account, endpoints: { ...table.account.endpoints, dynamodb: url } } };
}

function sweep(
  table: Source,
  limits: Partial<AwsLimits> = {},
  onProgress: (progress: { locksFound: number }) => void = () => undefined,
) {
  const scanner = createScanner({ env: world.env, limits: { ...TEST_LIMITS, ...limits } });
  return scanner.sweep(table, [], onProgress);
}

function put(table: Source, item: Parameters<typeof world.sandbox.putItem>[3]): Promise<void> {
  return world.sandbox.putItem(table.account.id, table.region, table.name, item);
}
