import type { Worker } from "node:worker_threads";
import { afterAll, afterEach, beforeAll, expect, onTestFinished, test } from "vitest";
import type { ObservedHalf } from "#lib/domain/half.ts";
import type { Log } from "#lib/services/ports/context.ts";
import { createScanner } from "./source-scanner.ts";
import { serveRaw } from "./testing/raw-server.ts";
import {
  addressOf,
  asSighting,
  type SandboxAccount,
  startSandboxAccount,
  TEST_LIMITS,
} from "./testing/sandbox-account.ts";
import { createThreadedScanner } from "./threaded-scanner.ts";

let world: SandboxAccount;
beforeAll(async () => {
  world = await startSandboxAccount();
});
afterEach(() => {
  world.sandbox.clearFaults();
  world.sandbox.setListing({});
  world.sandbox.clearJournal();
  world.sandbox.setClockOffsetMs(0);
});
afterAll(() => world.sandbox.close());

const quiet = () => undefined;
const lines: unknown[] = [];
const log: Log = { info: quiet, warn: (fields) => lines.push(fields), error: (fields) => lines.push(fields) };

function start(onStart: (worker: Worker) => void = quiet) {
  lines.length = 0;
  const scanner = createThreadedScanner({ env: world.env, limits: TEST_LIMITS, log, onStart });
  onTestFinished(scanner.close);
  return scanner;
}

test("finds in its thread what a scanner finds in this one, cold, with memory and with known bodies", async () => {
  const source = world.newBucket();
  for (let i = 0; i < 2_500; i += 1) world.sandbox.putObject(source.name, `s/${i}.tfstate`, "x".repeat(i % 7));
  for (let i = 0; i < 600; i += 1) world.sandbox.putObject(source.name, `s/${4 * i}.tfstate.tflock`, `{"ID":"${i}"}`);
  world.sandbox.addFault({
    match: { operation: "GetObject", keyIncludes: "s/400." },
    effect: { kind: "status", status: 403, code: "AccessDenied" },
  });
  const threaded = start();
  const told: ObservedHalf[] = [];

  const direct = await createScanner({ env: world.env, limits: TEST_LIMITS }).sweep(source, [], quiet);
  const cold = await threaded.sweep(source, [], quiet, { onFound: (halves) => told.push(...halves) });
  world.sandbox.putObject(source.name, "s/8.tfstate.tflock", "changed");
  const known = direct.halves.map(asSighting);
  const memory = direct.memory === undefined ? {} : { memory: direct.memory };
  world.sandbox.clearJournal();
  const warm = await threaded.sweep(source, known, quiet, memory);
  const read = world.sandbox.journal({ operation: "GetObject" }).map((entry) => entry.key);

  expect(direct.halves).toHaveLength(600);
  // Where guesses fell depends on which page came first.
  expect({ ...cold, requests: 0, memory: null }).toEqual({ ...direct, requests: 0, memory: null });
  expect(told).toHaveLength(600);
  expect(read.toSorted()).toEqual(["s/400.tfstate.tflock", "s/8.tfstate.tflock"]);
  expect(warm.halves.filter(({ location }) => location !== "s/8.tfstate.tflock")).toEqual(
    direct.halves.filter(({ location }) => location !== "s/8.tfstate.tflock"),
  );
  const changed = warm.halves.find(({ location }) => location === "s/8.tfstate.tflock")?.body;
  expect(changed).toMatchObject({ kind: "bytes", bytes: new TextEncoder().encode("changed") });
  expect(lines).toEqual([]);
});

test("sweeps a table, and says of a source that fails what a scanner says", async () => {
  const table = await world.newTable();
  const item = { LockID: { S: "acme/x" }, Info: { S: '{"ID":"a"}' } };
  await world.sandbox.putItem(table.account.id, table.region, table.name, item);
  const missing = { ...world.newBucket(), name: "no-such-bucket" };
  const [threaded, direct] = [start(), createScanner({ env: world.env, limits: TEST_LIMITS })];

  for (const source of [table, missing]) {
    const result = await threaded.sweep(source, [], quiet);
    expect(result).toEqual({ ...(await direct.sweep(source, [], quiet)), requests: result.requests });
  }
});

test("refreshes in its thread as a scanner does in this one, with the bytes of bodies that did not change", async () => {
  const bucket = world.newBucket();
  for (const name of ["a", "b", "c", "m"]) world.sandbox.putObject(bucket.name, `${name}.tflock`, `lock of ${name}`);
  const table = await world.newTable();
  for (const name of ["x", "y"]) {
    const item = { LockID: { S: `acme/${name}` }, Info: { S: `{"ID":"${name}"}` } };
    await world.sandbox.putItem(table.account.id, table.region, table.name, item);
  }
  const [threaded, direct] = [start(), createScanner({ env: world.env, limits: TEST_LIMITS })];
  const looks = [
    {
      source: bucket,
      plan: { ranges: [{ after: "l", through: null }], locations: ["a.tflock", "b.tflock", "d.tflock"] },
    },
    { source: table, plan: { ranges: [], locations: ["acme/x", "acme/z"] } },
  ];

  for (const { source, plan } of looks) {
    const known = (await direct.sweep(source, [], quiet)).halves.map(asSighting);
    world.sandbox.deleteObject(bucket.name, "b.tflock");
    const inThread = await threaded.refresh(source, known, plan);
    expect(inThread.halves.length).toBeGreaterThan(0);
    expect(inThread).toEqual({ ...(await direct.refresh(source, known, plan)), requests: inThread.requests });
  }
});

test("learns AWS's time from the sweeps of its thread", async () => {
  const source = world.newBucket();
  world.sandbox.setClockOffsetMs(3_600_000);
  const threaded = start();

  const before = threaded.clockOffsetMs();
  await threaded.sweep(source, [], quiet);

  expect(before).toBeNull();
  expect(Math.abs((threaded.clockOffsetMs() ?? 0) - 3_600_000)).toBeLessThan(2_500);
});

test("single halves are read without the thread", async () => {
  const source = world.newBucket();
  world.sandbox.putObject(source.name, "x.tflock", "{}");
  const workers: Worker[] = [];

  const read = await start((worker) => workers.push(worker)).readHalf(source, addressOf(source, "x.tflock"));

  expect(read.kind).toBe("present");
  expect(workers).toEqual([]);
});

test("a thread that dies ends its sweeps as failed ones, at once, and the next sweep has another", async () => {
  const source = world.newBucket();
  world.sandbox.putObject(source.name, "x.tflock", "{}");
  const workers: Worker[] = [];
  const threaded = start((worker) => workers.push(worker));
  world.sandbox.addFault({ match: { operation: "ListObjectsV2" }, effect: { kind: "hang" } });
  const sweeping = threaded.sweep(source, [], quiet);
  await expect.poll(() => world.sandbox.journal({ operation: "ListObjectsV2" })).toHaveLength(1);

  const diedAtMs = performance.now();
  await workers[0]?.terminate();
  const broken = await sweeping;
  const tookMs = performance.now() - diedAtMs;
  world.sandbox.clearFaults();
  const next = await threaded.sweep(source, [], quiet);

  expect(broken).toMatchObject({ outcome: "error", halves: [], error: { code: "unexpected" } });
  expect(tookMs).toBeLessThan(1_000);
  expect(next).toMatchObject({ outcome: "ok", halves: [{ location: "x.tflock" }] });
  expect(workers).toHaveLength(2);
  expect(lines).toMatchObject([{ tasks: 1 }]);
});

test("after its end it sweeps no more, and says so", async () => {
  const source = world.newBucket();
  const threaded = start();
  world.sandbox.addFault({ match: { operation: "ListObjectsV2" }, effect: { kind: "hang" } });
  const sweeping = threaded.sweep(source, [], quiet);
  await expect.poll(() => world.sandbox.journal({ operation: "ListObjectsV2" })).toHaveLength(1);

  await threaded.close();

  expect(await sweeping).toMatchObject({ outcome: "error" });
  expect(await threaded.sweep(source, [], quiet)).toMatchObject({ outcome: "error" });
  expect(lines).toEqual([]);
});

test("reading a big listing is the thread's work, while timers here go on ticking", async () => {
  const pages = Array.from({ length: 60 }, (_, page) => writePage(page, page < 59));
  const url = await serveRaw((request, response) => {
    const after = new URL(request.url ?? "/", "http://localhost").searchParams.get("start-after") ?? "";
    // Behind the last key of a page begins the next one; guesses in between get what is left of theirs, or nothing.
    const page = after === "" ? 0 : Number(after.slice(1, 5)) + 1;
    response.end(pages[page] ?? "<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>");
  });
  const bucket = world.newBucket();
  const account = { ...bucket.account, endpoints: { ...bucket.account.endpoints, s3: url } };
  const threaded = start();
  await threaded.sweep(bucket, [], quiet);
  let ticks = 0;
  const ticking = setInterval(() => {
    ticks += 1;
  }, 1);
  const [all, ours] = [process.cpuUsage(), process.threadCpuUsage()];

  const boundaries = pages.slice(1).map((_, page) => keyOf(page, 999));
  const memory = { boundaries, segments: null };
  const result = await threaded.sweep({ ...bucket, account }, [], quiet, { memory });

  const [allUsed, oursUsed] = [process.cpuUsage(all), process.threadCpuUsage(ours)];
  clearInterval(ticking);
  expect(result).toMatchObject({ outcome: "ok", objectsSeen: 60_000, requests: 60 });
  expect(ticks).toBeGreaterThan(10);
  expect(oursUsed.user / allUsed.user).toBeLessThan(0.5);
});

function keyOf(page: number, index: number): string {
  return `k${String(page).padStart(4, "0")}/${String(index).padStart(4, "0")}/terraform.tfstate`;
}

function writePage(page: number, isTruncated: boolean): Buffer {
  const contents = Array.from({ length: 1_000 }, (_, index) => {
    const fields =
      '<LastModified>2026-11-01T12:34:56.000Z</LastModified><ETag>"9e107d9d372bb6826bd81d3542a419d6"</ETag>';
    return `<Contents><Key>${keyOf(page, index)}</Key>${fields}<Size>4096</Size></Contents>`;
  });
  const next = isTruncated ? "<NextContinuationToken>t</NextContinuationToken>" : "";
  return Buffer.from(
    `<ListBucketResult><IsTruncated>${isTruncated}</IsTruncated>${next}${contents.join("")}</ListBucketResult>`,
  );
}
