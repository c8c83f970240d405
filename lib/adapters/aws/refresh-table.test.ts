import { text } from "node:stream/consumers";
import { afterAll, afterEach, beforeAll, expect, onTestFinished, test } from "vitest";
import { startVirtualDynamodb } from "#bench/virtual-dynamodb.ts";
import { mostUnitsWithin } from "#bench/virtual-table.ts";
import type { ObservedHalf } from "#lib/domain/half.ts";
import type { Source } from "#lib/domain/source.ts";
import type { SweepResult } from "#lib/services/ports/scanning.ts";
import { createScanner } from "./source-scanner.ts";
import { serveRaw } from "./testing/raw-server.ts";
import { type SandboxAccount, startSandboxAccount, TEST_LIMITS } from "./testing/sandbox-account.ts";

let world: SandboxAccount;
beforeAll(async () => {
  world = await startSandboxAccount();
});
afterEach(() => {
  world.sandbox.clearFaults();
  world.sandbox.clearJournal();
});
afterAll(() => world.sandbox.close());

test("known locks of a table are asked for by strongly consistent reads: changed, unchanged and released ones are told apart", async () => {
  const table = await world.newTable();
  await putLock(table, "acme/a", "one");
  await putLock(table, "acme/b", "one");
  await putLock(table, "acme/c", "one");
  const swept = await newScanner().sweep(table, [], () => undefined);
  await putLock(table, "acme/b", "two");
  await remove(table, "acme/c");
  await put(table, { LockID: { S: "acme/d" }, Digest: { S: "d" } });
  await putLock(table, "acme/other", "not asked for");

  const result = await refresh(table, ["acme/a", "acme/b", "acme/c", "acme/d", "acme/b"]);

  expect(result).toMatchObject({ outcome: "ok", error: null, requests: 1, objectsSeen: 3, readUnits: 4 });
  expect(result.coverage).toEqual({
    kind: "part",
    ranges: [],
    locations: ["acme/a", "acme/b", "acme/c", "acme/d"],
  });
  const byPlace = new Map(result.halves.map((half) => [half.location, half]));
  expect([...byPlace.keys()].toSorted()).toEqual(["acme/a", "acme/b"]);
  expect(byPlace.get("acme/a")).toEqual(swept.halves.find(({ location }) => location === "acme/a"));
  expect(textOf(byPlace.get("acme/b"))).toBe('{"ID":"two"}');
  const bodies = world.sandbox.journal({ operation: "BatchGetItem" }).map(({ body }) => JSON.parse(body ?? "{}"));
  expect(bodies.map((body) => body.RequestItems[table.name].ConsistentRead)).toEqual([true]);
});

test("more locks than one request takes are asked for in several", async () => {
  const table = await world.newTable();
  const places = Array.from({ length: 130 }, (_, index) => `acme/${index}`);
  await Promise.all(places.map((place) => putLock(table, place, "x")));

  const result = await refresh(table, places);

  expect(result).toMatchObject({ outcome: "ok", error: null });
  expect(result.halves).toHaveLength(130);
  expect(result.coverage).toEqual({ kind: "part", ranges: [], locations: places });
});

test("where the table refuses reads, what it did not answer for is not covered, and it is left alone for a while", async () => {
  const table = await world.newTable();
  await putLock(table, "acme/a", "x");
  const effect = { kind: "status", status: 400, code: "ProvisionedThroughputExceededException" } as const;
  world.sandbox.addFault({ match: { operation: "BatchGetItem", bucket: table.name }, effect });
  const scanner = newScanner();

  const first = await scanner.refresh(table, [], { ranges: [], locations: ["acme/a"] });
  world.sandbox.clearFaults();
  world.sandbox.clearJournal();
  const second = await scanner.refresh(table, [], { ranges: [], locations: ["acme/a"] });

  for (const result of [first, second]) {
    expect(result).toMatchObject({ outcome: "error", halves: [], error: { code: "throttled" } });
    expect(result.coverage).toEqual({ kind: "part", ranges: [], locations: [] });
  }
  expect(world.sandbox.journal({ operation: "BatchGetItem" })).toEqual([]);
});

test("items that DynamoDB leaves unread are asked for again, and are not gone when it never reads them", async () => {
  let answers = 0;
  const table = await rawTable((input) => {
    answers += 1;
    const name = Object.keys(input.RequestItems)[0] ?? "";
    const keys = input.RequestItems[name]?.Keys ?? [];
    const stuck = keys.filter(({ LockID }) => LockID.S === "acme/stuck");
    const read = keys.find(({ LockID }) => LockID.S !== "acme/stuck");
    const left = keys.filter((key) => key !== read && !stuck.includes(key));
    const items = read === undefined || read.LockID.S === "acme/gone" ? [] : [{ ...read, Info: { S: "{}" } }];
    const undone = [...left, ...stuck];
    return {
      Responses: { [name]: items },
      UnprocessedKeys: undone.length === 0 ? {} : { [name]: { Keys: undone, ConsistentRead: true } },
    };
  });

  const fine = await refresh(table, ["acme/a", "acme/gone", "acme/b"]);
  expect(fine).toMatchObject({ outcome: "ok", error: null, requests: 3 });
  expect(fine.halves.map(({ location }) => location)).toEqual(["acme/a", "acme/b"]);
  expect(fine.coverage).toEqual({ kind: "part", ranges: [], locations: ["acme/a", "acme/gone", "acme/b"] });

  answers = 0;
  const stuck = await refresh(table, ["acme/stuck", "acme/a"]);
  expect(stuck).toMatchObject({ outcome: "partial", error: { code: "throttled" } });
  expect(stuck.coverage).toEqual({ kind: "part", ranges: [], locations: ["acme/a"] });
  expect(answers).toBeLessThan(8);
});

test("what is not DynamoDB's answer makes nothing gone", async () => {
  const table = await rawTable(() => ({ hello: "portal" }));

  const result = await refresh(table, ["acme/a"]);

  expect(result).toMatchObject({ outcome: "error", error: { code: "invalid_answer" } });
  expect(result.coverage).toEqual({ kind: "part", ranges: [], locations: [] });
});

test("a table that is no more makes nothing gone", async () => {
  const table = await world.newTable();

  const result = await refresh({ ...table, name: "no-such-table" }, ["acme/a"]);

  expect(result).toMatchObject({ outcome: "error", error: { code: "not_found" } });
  expect(result.coverage).toEqual({ kind: "part", ranges: [], locations: [] });
});

test("a table of 5 units pays at most a quarter of them for known locks that are asked for again and again", async () => {
  let nowMs = 0;
  const pause = async (ms: number) => {
    nowMs += ms;
  };
  const shape = { items: 2_000, lockEvery: 50, readUnits: 5 };
  const virtual = await startVirtualDynamodb(shape, { nowMs: () => nowMs, delay: () => pause(10) });
  onTestFinished(virtual.stop);
  const table = await world.newTable();
  const account = { ...table.account, scanRoleArn: null, endpoints: { s3: null, sts: null, dynamodb: virtual.url } };
  const scanner = createScanner({ env: world.env, monotonicMs: () => nowMs, pause });
  const locations = virtual.table.locks();

  for (let round = 0; round < 5; round += 1) {
    const result = await scanner.refresh({ ...table, name: "locks", account }, [], { ranges: [], locations });
    expect(result).toMatchObject({ outcome: "ok", error: null });
    expect(result.halves.map(({ location }) => location).toSorted()).toEqual(locations);
  }

  expect(locations).toHaveLength(40);
  expect(virtual.table.counts.refused).toBe(0);
  expect(mostUnitsWithin(virtual.table.reads, 10_000)).toBeLessThanOrEqual(0.25 * 5 * 10);
});

type Key = { LockID: { S: string } };
type BatchInput = { RequestItems: Record<string, { Keys: Key[] }> };

/** A table behind a server that gives each batch what the test says. */
async function rawTable(answer: (input: BatchInput) => object): Promise<Source> {
  const table = await world.newTable();
  const url = await serveRaw((request, response) => {
    void text(request).then((body) => {
      const isBatch = request.headers["x-amz-target"]?.toString().endsWith("BatchGetItem") ?? false;
      const description = { Table: { BillingModeSummary: { BillingMode: "PAY_PER_REQUEST" } } };
      response.writeHead(200, { "content-type": "application/x-amz-json-1.0" });
      response.end(JSON.stringify(isBatch ? answer(JSON.parse(body)) : description));
    });
  });
  return { ...table, account: { ...table.account, endpoints: { ...table.account.endpoints, dynamodb: url } } };
}

function newScanner() {
  return createScanner({ env: world.env, limits: TEST_LIMITS });
}

function refresh(table: Source, locations: readonly string[]): Promise<SweepResult> {
  return newScanner().refresh(table, [], { ranges: [], locations });
}

function put(table: Source, item: Parameters<SandboxAccount["sandbox"]["putItem"]>[3]): Promise<void> {
  return world.sandbox.putItem(table.account.id, table.region, table.name, item);
}

function putLock(table: Source, lockId: string, id: string): Promise<void> {
  return put(table, { LockID: { S: lockId }, Info: { S: JSON.stringify({ ID: id }) } });
}

function remove(table: Source, lockId: string): Promise<void> {
  return world.sandbox.deleteItem(table.account.id, table.region, table.name, lockId);
}

function textOf(half: ObservedHalf | undefined): string | null {
  return half?.body.kind === "bytes" ? new TextDecoder().decode(half.body.bytes) : null;
}
