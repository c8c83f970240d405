import { HeadBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { Source } from "#lib/domain/source.ts";
import { createAwsClock } from "./aws-clock.ts";
import { createScanner } from "./source-scanner.ts";
import { serveRaw } from "./testing/raw-server.ts";
import {
  addressOf,
  makeSource,
  openRestore,
  openUnlock,
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
  world.sandbox.clearJournal();
  world.sandbox.setClockOffsetMs(0);
  world.sandbox.setSkewRefused(true);
});
afterAll(() => world.sandbox.close());

const HOUR_MS = 3_600_000;
const quiet = () => undefined;
const newScanner = (now = Date.now) => createScanner({ env: world.env, limits: TEST_LIMITS, now });

test.each(["s3", "dynamodb"] as const)(
  "each read in %s, found or absent, says what time it is at AWS",
  async (kind) => {
    const source = await newSource(kind);
    await hold(source, "acme/x.tflock");
    world.sandbox.setClockOffsetMs(5 * 60_000);
    const locations = ["acme/x.tflock", "acme/absent.tflock"];
    const session = await openUnlock(world, [source], { timeoutMs: 5_000, locations });

    const reads = [
      await newScanner().readHalf(source, addressOf(source, "acme/x.tflock")),
      await newScanner().readHalf(source, addressOf(source, "acme/absent.tflock")),
      await session.readHalf(addressOf(source, "acme/x.tflock")),
      await session.readHalf(addressOf(source, "acme/absent.tflock")),
    ];
    session.close();

    expect(reads.map(({ kind: read }) => read)).toEqual(["present", "absent", "present", "absent"]);
    for (const read of reads) {
      const awsDateMs = read.kind === "present" || read.kind === "absent" ? read.awsDateMs : null;
      expect(Math.abs((awsDateMs ?? 0) - Date.now() - 5 * 60_000)).toBeLessThan(10_000);
      expect((awsDateMs ?? 1) % 1000).toBe(0);
    }
  },
);

test("an empty object's read is dated too", async () => {
  const source = world.newBucket();
  world.sandbox.putObject(source.name, "x.tflock", "");

  const read = await newScanner().readHalf(source, addressOf(source, "x.tflock"));

  expect(read).toMatchObject({ kind: "present", awsDateMs: expect.any(Number) });
});

test("an answer without a date leaves the time unknown", async () => {
  const url = await serveRaw((_request, response) => {
    response.sendDate = false;
    response.writeHead(200, { "x-amzn-requestid": "R", "content-type": "application/x-amz-json-1.0" }).end("{}");
  });
  const account = { ...world.account, endpoints: { ...world.account.endpoints, dynamodb: url } };
  const source = makeSource(account, "dynamodb", "locks");
  const scanner = newScanner();

  expect(await scanner.readHalf(source, addressOf(source, "acme/x"))).toMatchObject({
    kind: "absent",
    awsDateMs: null,
  });
  expect(scanner.clockOffsetMs()).toBeNull();
});

test.each([-HOUR_MS, 0, HOUR_MS])("a scan learns that AWS's clock is %d ms from ours, and works", async (offsetMs) => {
  const source = world.newBucket();
  world.sandbox.putObject(source.name, "x.tflock", "{}");
  world.sandbox.setClockOffsetMs(offsetMs);
  const scanner = newScanner();

  const before = scanner.clockOffsetMs();
  const swept = await scanner.sweep(source, [], quiet);

  expect(before).toBeNull();
  expect(swept).toMatchObject({ outcome: "ok", halves: [{ location: "x.tflock" }] });
  // Half a second for the rounded header, the rest for a busy machine.
  expect(Math.abs((scanner.clockOffsetMs() ?? 0) - offsetMs)).toBeLessThan(2_500);
});

test("errors say what time it is as well", async () => {
  const scanner = newScanner();

  const swept = await scanner.sweep(makeSource(world.account, "s3", "no-such-bucket"), [], quiet);

  expect(swept.outcome).toBe("error");
  expect(Math.abs(scanner.clockOffsetMs() ?? HOUR_MS)).toBeLessThan(2_500);
});

test("a jump of our own clock is known after the next answer", async () => {
  const [first, second] = [world.newBucket(), world.newBucket({ account: world.other })];
  let skippedMs = 0;
  const scanner = newScanner(() => Date.now() + skippedMs);
  await scanner.sweep(first, [], quiet);
  await scanner.sweep(second, [], quiet);

  for (const jumpMs of [HOUR_MS, -HOUR_MS]) {
    skippedMs = jumpMs;
    await scanner.sweep(first, [], quiet);
    expect(Math.abs((scanner.clockOffsetMs() ?? 0) + jumpMs)).toBeLessThan(2_500);
  }
});

test("a clock is the median of the accounts, and a store of one's own with a wrong one does not move it", async () => {
  const lying = await serveRaw((_request, response) => {
    const headers = { "x-amz-request-id": "R", date: "Tue, 24 Nov 2099 12:00:01 GMT" };
    response.writeHead(404, { ...headers, "content-type": "application/xml" });
    response.end("<Error><Code>NoSuchBucket</Code></Error>");
  });
  const wrong = { ...world.account, name: "store", endpoints: { ...world.account.endpoints, s3: lying } };
  const scanner = newScanner();
  const sources = [world.newBucket(), world.newBucket({ account: world.other }), makeSource(wrong, "s3", "store")];

  for (const source of sources) await scanner.sweep(source, [], quiet);

  expect(Math.abs(scanner.clockOffsetMs() ?? HOUR_MS)).toBeLessThan(2_500);
});

test("where AWS itself was heard, other stores' clocks do not count", async () => {
  const clock = createAwsClock(Date.now);
  const hear = async (name: string, isAws: boolean, dateMs: number) => {
    const url = await serveRaw((_request, response) => {
      const headers = { "x-amz-request-id": "R", date: new Date(dateMs).toUTCString() };
      response.writeHead(200, headers).end();
    });
    const endpoints = isAws ? { s3: null, dynamodb: null, sts: null } : world.account.endpoints;
    const credentials = { accessKeyId: "a", secretAccessKey: "s" };
    const client = new S3Client({ endpoint: url, forcePathStyle: true, region: "eu-west-1", credentials });
    clock.watch(client.middlewareStack, makeSource({ ...world.account, name, endpoints }, "s3", "acme"));
    await client.send(new HeadBucketCommand({ Bucket: "acme" }));
    client.destroy();
  };

  await hear("store-1", false, Date.now() + HOUR_MS);
  await hear("store-2", false, Date.now() + HOUR_MS);
  const ofStores = clock.offsetMs();
  await hear("aws", true, Date.now() + 60_000);
  const ofAws = clock.offsetMs();

  expect(Math.abs((ofStores ?? 0) - HOUR_MS)).toBeLessThan(2_500);
  expect(Math.abs((ofAws ?? 0) - 60_000)).toBeLessThan(2_500);
});

test("a portal's clock is nobody's", async () => {
  const source = world.newBucket();
  const portal = await serveRaw((_request, response) => response.end("<html>"));
  const account = { ...source.account, endpoints: { ...source.account.endpoints, s3: portal } };
  const scanner = newScanner();

  await scanner.sweep(makeSource(account, "s3", source.name), [], quiet);

  expect(scanner.clockOffsetMs()).toBeNull();
});

test.each([
  ["behind", HOUR_MS],
  ["ahead of", -HOUR_MS],
])("while our clock is an hour %s AWS's, unlocks and restores do not begin, and say why", async (words, offsetMs) => {
  const source = world.newBucket();
  world.sandbox.putObject(source.name, "x.tflock", "{}");
  world.sandbox.setClockOffsetMs(offsetMs);

  const opening = [
    openUnlock(world, [source], { timeoutMs: 5_000 }),
    openRestore(world, source, { locations: ["x.tflock"] }),
  ];

  const answers = await Promise.allSettled(opening);
  for (const answer of answers) {
    expect(answer).toMatchObject({
      status: "rejected",
      reason: {
        code: "unavailable",
        message: expect.stringContaining(`Our clock is 60 minutes ${words} AWS's`),
        hint: expect.stringContaining("Set the clock"),
      },
    });
  }
  expect(world.sandbox.journal({ service: "s3" })).toEqual([]);
});

test.each(["s3", "dynamodb"] as const)(
  "with a wrong clock nothing is deleted in %s without a role either",
  async (kind) => {
    world.sandbox.addAccessKey({ accessKeyId: "AKIAOWNER", secretAccessKey: "s", accountId: world.account.id });
    const env = { AWS_ACCESS_KEY_ID: "AKIAOWNER", AWS_SECRET_ACCESS_KEY: "s" };
    const held = await newSource(kind);
    await hold(held, "acme/x.tflock");
    const account = { ...world.account, unlockRoleArn: null };
    const source = makeSource(account, kind, held.name);
    world.sandbox.setClockOffsetMs(HOUR_MS);
    const guard =
      kind === "s3" ? { kind: "etag" as const, etag: '"e"' } : { kind: "item" as const, info: '{"S":"{}"}' };

    const open = () => openUnlock({ ...world, env }, [source], { timeoutMs: 5_000 });
    const [reading, deleting] = [await open(), await open()];
    const read = await reading.readHalf(addressOf(source, "acme/x.tflock"));
    const deletion = await deleting.deleteHalf(addressOf(source, "acme/x.tflock"), guard);
    reading.close();
    deleting.close();

    expect(read).toMatchObject({ kind: "failed", message: expect.stringContaining("60 minutes behind") });
    expect(deletion).toMatchObject({ message: expect.stringContaining("60 minutes behind") });
    expect(["denied", "rejected"]).toContain(deletion.kind);
    expect(world.sandbox.journal({ isWrite: true })).toMatchObject([{ status: kind === "s3" ? 403 : 400 }]);
  },
);

test("a role's credentials last as long as STS says, by whosever clock", async () => {
  const source = world.newBucket();
  for (const offsetMs of [-HOUR_MS, HOUR_MS]) {
    world.sandbox.setClockOffsetMs(offsetMs);
    world.sandbox.clearJournal();
    const scanner = newScanner();

    await scanner.sweep(source, [], quiet);
    await scanner.sweep(source, [], quiet);

    const assumed = world.sandbox.journal({ operation: "AssumeRole" }).filter(({ status }) => status === 200);
    expect(assumed).toHaveLength(1);
  }
});

function newSource(kind: Source["kind"]): Promise<Source> {
  return kind === "s3" ? Promise.resolve(world.newBucket()) : world.newTable();
}

async function hold(source: Source, location: string): Promise<void> {
  if (source.kind === "s3") {
    world.sandbox.putObject(source.name, location, "{}");
    return;
  }
  const item = { LockID: { S: location }, Info: { S: "{}" } };
  await world.sandbox.putItem(source.account.id, source.region, source.name, item);
}
