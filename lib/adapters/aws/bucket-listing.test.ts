import type { IncomingMessage, ServerResponse } from "node:http";
import { afterAll, afterEach, beforeAll, expect, onTestFinished, test } from "vitest";
import type { ObservedHalf } from "#lib/domain/half.ts";
import type { Source } from "#lib/domain/source.ts";
import { NO_MEMORY } from "#lib/domain/source-memory.ts";
import { createScanner } from "./source-scanner.ts";
import { serveRaw } from "./testing/raw-server.ts";
import { asSighting, type SandboxAccount, startSandboxAccount, TEST_LIMITS } from "./testing/sandbox-account.ts";

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

const quiet = () => undefined;
const newScanner = (limits = {}) => createScanner({ env: world.env, limits: { ...TEST_LIMITS, ...limits } });

test("a bucket of a thousand keys costs one request, each time", async () => {
  const source = world.newBucket();
  for (let i = 0; i < 999; i += 1) world.sandbox.putObject(source.name, `states/${i}`, "x");
  world.sandbox.putObject(source.name, "states/7.tflock", "");
  const scanner = newScanner();

  const first = await scanner.sweep(source, [], quiet);
  const second = await scanner.sweep(source, [], quiet, first.memory === undefined ? {} : { memory: first.memory });

  expect([first.requests, second.requests]).toEqual([1, 1]);
  expect(second.halves).toMatchObject([{ location: "states/7.tflock", state: { sizeBytes: 1 } }]);
});

test("what a sweep remembers spares the next one the search for where keys are, and changes nothing of what it finds", async () => {
  const source = world.newBucket();
  for (let i = 0; i < 6_000; i += 1) world.sandbox.putObject(source.name, `env:/${i}/terraform.tfstate`, "x");
  for (let i = 0; i < 20; i += 1) world.sandbox.putObject(source.name, `env:/${i * 300}/terraform.tfstate.tflock`, "");
  const scanner = newScanner();

  const cold = await scanner.sweep(source, [], quiet);
  const { memory } = cold;
  if (memory === undefined) throw new Error("Nothing was remembered.");
  const warm = await scanner.sweep(source, [], quiet, { memory });

  expect(memory.boundaries.length).toBeGreaterThan(4);
  expect(warm.requests).toBeLessThanOrEqual(8);
  expect(cold.halves).toHaveLength(20);
  expect(warm.halves).toEqual(cold.halves);
  expect(cold.halves.map((half) => half.location)).toEqual(cold.halves.map((half) => half.location).toSorted());
});

test("tells of new and changed locks while it runs, each once, and of known ones not at all", async () => {
  const source = world.newBucket();
  for (let i = 0; i < 30; i += 1) world.sandbox.putObject(source.name, `${i}.tflock`, `{"ID":"${i}"}`);
  world.sandbox.setListing({ maxKeys: 4 });
  const scanner = newScanner();
  const told: ObservedHalf[] = [];
  const { promise: last, resolve: letGo } = Promise.withResolvers<void>();
  const stop = world.sandbox.onRequest(async (event, phase) => {
    if (event.operation === "GetObject" && phase === "before" && event.key === "9.tflock") await last;
  });
  onTestFinished(stop);

  const sweeping = scanner.sweep(source, [], quiet, { onFound: (halves) => told.push(...halves) });
  // Of all bodies but one, before the sweep ends.
  await expect.poll(() => told).toHaveLength(29);
  letGo();
  const first = await sweeping;
  const { length } = told.splice(0);
  world.sandbox.putObject(source.name, "9.tflock", "another");
  const second = await scanner.sweep(source, first.halves.map(asSighting), quiet, {
    onFound: (halves) => told.push(...halves),
  });

  expect(length).toBe(30);
  expect(told.map((half) => half.location)).toEqual(["9.tflock"]);
  expect(second.halves).toHaveLength(30);
});

test.each([
  ["does not start where it is asked to", (keys: string[], _after: string) => keys],
  ["lists in the order of UTF-16", (keys: string[], after: string) => keys.toSorted().filter((key) => key > after)],
  ["begins again with the key it was given", (keys: string[], after: string) => keys.filter((key) => key >= after)],
])("a store that %s is listed page after page, and loses and doubles no lock", async (_, behind) => {
  const keys = ["\u{10000}", "\uE000", ...Array.from({ length: 20 }, (_value, index) => `k${10 + index}`)]
    .flatMap((key) => [key, `${key}.tflock`])
    .toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  const asked: URLSearchParams[] = [];
  const source = await serveStore((query) => {
    asked.push(query);
    const token = query.get("continuation-token");
    const from = token === null ? behind(keys, query.get("start-after") ?? "") : behind(keys, "").slice(Number(token));
    return { keys: from.slice(0, 5), next: from.length > 5 ? String(keys.length - from.length + 5) : null };
  });
  const told: string[] = [];
  const scanner = newScanner();

  const first = await scanner.sweep(source, [], quiet, {
    onFound: (halves) => told.push(...halves.map((half) => half.location)),
  });
  asked.length = 0;
  const second = await scanner.sweep(source, [], quiet);

  const locks = keys.filter((key) => key.endsWith(".tflock"));
  for (const result of [first, second]) {
    expect(result).toMatchObject({ outcome: "ok", objectsSeen: keys.length, notice: { code: "listed_in_turn" } });
    expect(result.halves.map((half) => half.location)).toEqual(locks);
  }
  expect(told.toSorted()).toEqual(locks.toSorted());
  expect(first.memory).toEqual(NO_MEMORY);
  expect(asked.filter((query) => query.has("start-after"))).toEqual([]);
});

test("a listing that goes on without saying where goes on behind its last key", async () => {
  const keys = Array.from({ length: 12 }, (_value, index) => `k${10 + index}.tflock`);
  const source = await serveStore((query) => {
    const from = keys.filter((key) => key > (query.get("start-after") ?? ""));
    return { keys: from.slice(0, 5), next: from.length > 5 ? "" : null };
  });

  const result = await newScanner().sweep(source, [], quiet);

  expect(result).toMatchObject({ outcome: "ok", objectsSeen: 12 });
  expect(result.halves.map((half) => half.location)).toEqual(keys);
});

test("a bucket that asks to slow down between its pages is asked again, and in the end the sweep says so", async () => {
  const source = world.newBucket();
  for (const name of ["a", "b", "c"]) world.sandbox.putObject(source.name, `${name}.tflock`, "");
  world.sandbox.setListing({ maxKeys: 2 });
  const effect = { kind: "status", status: 503, code: "SlowDown" } as const;
  const scanner = newScanner({ throttledCalls: 2, scanAttempts: 2, pagesPerBucket: 1 });
  const slowAfterFirst = (times?: number) => {
    const stop = world.sandbox.onRequest((event, phase) => {
      if (event.operation !== "ListObjectsV2" || phase !== "after") return;
      stop();
      world.sandbox.addFault({
        match: { operation: "ListObjectsV2" },
        effect,
        ...(times === undefined ? {} : { times }),
      });
    });
  };

  slowAfterFirst(3);
  const patient = await scanner.sweep(source, [], quiet);
  slowAfterFirst();
  const hopeless = await scanner.sweep(source, [], quiet);

  expect(patient).toMatchObject({ outcome: "ok", requests: 5, objectsSeen: 3 });
  expect(hopeless).toMatchObject({ outcome: "partial", requests: 5, error: { code: "throttled" } });
});

test("a bucket that only asks to slow down is left alone after the attempts of one call", async () => {
  const source = world.newBucket();
  const effect = { kind: "status", status: 503, code: "SlowDown" } as const;
  world.sandbox.addFault({ match: { operation: "ListObjectsV2" }, effect });

  const result = await newScanner({ throttledCalls: 5, scanAttempts: 2 }).sweep(source, [], quiet);

  expect(result).toMatchObject({ outcome: "error", requests: 2, error: { code: "throttled" } });
});

test("a denied page ends the bucket's listing: nothing more is asked for", async () => {
  const source = world.newBucket();
  for (let i = 0; i < 200; i += 1) world.sandbox.putObject(source.name, `${1_000 + i}.tflock`, "");
  world.sandbox.setListing({ maxKeys: 2 });
  let lists = 0;
  const stop = world.sandbox.onRequest((event, phase) => {
    if (event.operation !== "ListObjectsV2" || phase !== "before") return;
    lists += 1;
    const effect = { kind: "status", status: 403, code: "AccessDenied" } as const;
    if (lists === 20) world.sandbox.addFault({ match: { operation: "ListObjectsV2" }, effect });
  });
  onTestFinished(stop);

  const result = await newScanner({ pagesPerBucket: 8 }).sweep(source, [], quiet);

  expect(result).toMatchObject({ outcome: "partial", error: { code: "access_denied" } });
  expect(lists).toBeLessThanOrEqual(20 + 8);
});

test("of twenty buckets one that hangs, listing or bodies, does not hold up the others", async () => {
  const buckets = Array.from({ length: 20 }, () => world.newBucket());
  for (const { name } of buckets) {
    for (let i = 0; i < 40; i += 1) world.sandbox.putObject(name, `${i}.tflock`, "{}");
  }
  for (const operation of ["ListObjectsV2", "GetObject"]) {
    const [hanging, ...others] = buckets;
    if (hanging === undefined) throw new Error("There is no bucket.");
    const { promise: all, resolve: letGo } = Promise.withResolvers<void>();
    const stop = world.sandbox.onRequest(async (event, phase) => {
      if (event.operation === operation && event.bucket === hanging.name && phase === "before") await all;
    });
    onTestFinished(stop);
    const patience = { scanCallMs: 60_000, requestMs: 60_000, socketIdleMs: 60_000 };
    const places = { pagesPerBucket: 8, pagesPerAccount: 10, callsPerSource: 24, callsPerAccount: 30 };
    const scanner = newScanner({ ...patience, ...places });
    const memory = { boundaries: Array.from({ length: 30 }, (_, index) => `${10 + index}`), segments: null };
    let hasEnded = false;
    const slow = scanner.sweep(hanging, [], quiet, { memory }).finally(() => {
      hasEnded = true;
    });

    const results = await Promise.all(others.map((source) => scanner.sweep(source, [], quiet)));

    for (const result of results) expect(result).toMatchObject({ outcome: "ok", objectsSeen: 40 });
    expect(hasEnded).toBe(false);
    letGo();
    expect(await slow).toMatchObject({ outcome: "ok", objectsSeen: 40 });
  }
});

/** A bucket of a store that lists what `list` says; its objects are empty. */
async function serveStore(list: (query: URLSearchParams) => { keys: string[]; next: string | null }): Promise<Source> {
  const url = await serveRaw((request: IncomingMessage, response: ServerResponse) => {
    const query = new URL(request.url ?? "/", "http://localhost").searchParams;
    const { keys, next } = list(query);
    const contents = keys.map((key) => `<Contents><Key>${encodeURIComponent(key)}</Key><Size>0</Size></Contents>`);
    const token = next === null || next === "" ? "" : `<NextContinuationToken>${next}</NextContinuationToken>`;
    response.end(
      `<ListBucketResult><EncodingType>url</EncodingType><IsTruncated>${next !== null}</IsTruncated>${token}${contents.join("")}</ListBucketResult>`,
    );
  });
  const source = world.newBucket();
  return { ...source, account: { ...source.account, endpoints: { ...source.account.endpoints, s3: url } } };
}
