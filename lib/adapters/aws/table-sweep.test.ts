import { expect, onTestFinished, test } from "vitest";
import { startVirtualDynamodb } from "#bench/virtual-dynamodb.ts";
import { mostUnitsWithin, type VirtualTable } from "#bench/virtual-table.ts";
import type { SweepProgress } from "#lib/services/ports/scanning.ts";
import type { AwsLimits } from "./limits.ts";
import { createScanner } from "./source-scanner.ts";
import { makeSource } from "./testing/sandbox-account.ts";

const env = { AWS_ACCESS_KEY_ID: "AKIAOWN", AWS_SECRET_ACCESS_KEY: "secret" };

/** A virtual table and a scanner on one clock, which jumps when somebody waits. */
async function openTable(
  shape: Partial<VirtualTable>,
  options: {
    latencyMs?: number;
    limits?: Partial<AwsLimits>;
    closing?: AbortSignal;
    pause?: ((ms: number) => Promise<void>) | undefined;
  } = {},
) {
  let nowMs = 0;
  let waitedMs = 0;
  const { latencyMs = 20, limits, ...rest } = options;
  const clock = {
    nowMs: () => nowMs,
    delay: () => {
      nowMs += latencyMs / 2;
    },
  };
  const { url, table, stop } = await startVirtualDynamodb(shape, clock);
  onTestFinished(stop);
  const pause = async (ms: number) => {
    nowMs += ms;
    waitedMs += ms;
  };
  const account = {
    ...{ name: "payments", id: "111122223333", region: "eu-west-1", externalId: null },
    ...{ scanRoleArn: null, unlockRoleArn: null, restoreRoleArn: null },
    endpoints: { s3: null, dynamodb: url, sts: null },
  };
  const source = makeSource(account, "dynamodb", "locks");
  const scanner = createScanner({ env, limits, monotonicMs: () => nowMs, pause, ...rest });
  const found: string[] = [];
  return {
    table,
    source,
    scanner,
    found,
    sweep: (onProgress: (progress: SweepProgress) => void = () => undefined, from = source) =>
      scanner.sweep(from, [], onProgress, { onFound: (halves) => found.push(...halves.map((half) => half.location)) }),
    advance: (ms: number) => {
      nowMs += ms;
    },
    nowMs: () => nowMs,
    waitedMs: () => waitedMs,
  };
}

const locationsOf = (result: { halves: readonly { location: string }[] }) =>
  result.halves.map((half) => half.location).toSorted();

test("100k digests in a table of 5 units: never above 25 % in any 10 s, and every lock is found", async () => {
  const world = await openTable({ items: 100_000, lockEvery: 1_000, readUnits: 5, savedShare: 0.01 });

  const result = await world.sweep();

  expect(result).toMatchObject({ outcome: "ok", error: null, objectsSeen: 100_000, digestsSeen: 99_900 });
  expect(locationsOf(result)).toEqual(world.table.locks());
  expect(mostUnitsWithin(world.table.reads, 10_000)).toBeLessThanOrEqual(0.25 * 5 * 10);
  expect(world.table.counts.refused).toBe(0);
  expect(result.readUnits).toBe(world.table.reads.reduce((sum, { units }) => sum + units, 0));
  // What is allowed is used too: a sweep takes about as long as a quarter of the capacity takes.
  expect(world.nowMs()).toBeLessThan(((result.readUnits ?? 0) / (0.25 * 5)) * 1000 * 1.1);
  expect(result.notice).toMatchObject({ code: "slow_table", message: expect.stringMatching(/about 2\d min/) });
}, 60_000);

test.each([1, 2, 10, 40])("a table of %i units is never read above 25 % of them in any 10 s", async (readUnits) => {
  const world = await openTable({ items: 4_000, lockEvery: 7, readUnits, savedShare: 0.01 });

  const result = await world.sweep();

  expect(locationsOf(result)).toEqual(world.table.locks());
  expect(mostUnitsWithin(world.table.reads, 10_000)).toBeLessThanOrEqual(0.25 * readUnits * 10);
  expect(world.table.counts.refused).toBe(0);
});

test("items that grow beyond what was planned are paid for by waiting", async () => {
  const world = await openTable({ items: 4_000, lockEvery: 100, readUnits: 5, padding: 3_000, savedShare: 0.1 });

  const result = await world.sweep();

  expect(locationsOf(result)).toEqual(world.table.locks());
  const spanMs = (world.table.reads.at(-1)?.atMs ?? 0) - (world.table.reads[0]?.atMs ?? 0);
  const mostAtOnce = Math.max(...world.table.reads.map(({ units }) => units));
  expect(result.readUnits).toBeLessThanOrEqual((spanMs / 1000) * 0.25 * 5 + mostAtOnce + 1);
  expect(world.table.counts.refused).toBe(0);
  // It learns: hardly a page is far beyond its plan.
  expect(world.table.reads.filter(({ units }) => units > 2).length).toBeLessThanOrEqual(3);
});

test("one huge item is paid for, and does not slow down the rest", async () => {
  const world = await openTable({ items: 20_000, lockEvery: 100, readUnits: 5, hugeAt: 1_000 });
  const plain = await openTable({ items: 20_000, lockEvery: 100, readUnits: 5 });

  const result = await world.sweep();
  const without = await plain.sweep();

  expect(locationsOf(result)).toEqual(world.table.locks());
  expect((result.readUnits ?? 0) - (without.readUnits ?? 0)).toBeLessThan(390_000 / 8_192 + 20);
  expect(result.requests - without.requests).toBeLessThan(50);
});

test("a table that does not say what a read took is read by an estimate, within the same bounds", async () => {
  const world = await openTable({ items: 4_000, lockEvery: 50, readUnits: 5, isMetered: false, savedShare: 0.01 });

  const result = await world.sweep();

  expect(locationsOf(result)).toEqual(world.table.locks());
  expect(mostUnitsWithin(world.table.reads, 10_000)).toBeLessThanOrEqual(0.25 * 5 * 10);
  expect(result.readUnits).toBeGreaterThan(50);
});

test("a small on-demand table is read at once, in as many pages as it has, and asked for its capacity once", async () => {
  const world = await openTable({ items: 20_000, lockEvery: 100 });

  const first = await world.sweep();
  world.advance(60_000);
  const second = await world.sweep();

  expect(first).toMatchObject({ outcome: "ok", requests: 3, notice: null });
  expect(second.requests).toBe(3);
  expect(world.waitedMs()).toBe(0);
  expect(world.table.counts).toMatchObject({ scans: 6, describes: 1 });
  expect(world.found.toSorted()).toEqual([...world.table.locks(), ...world.table.locks()].toSorted());
  world.advance(6 * 60_000);
  await world.sweep();
  expect(world.table.counts.describes).toBe(2);
});

test("a large on-demand table is read in four parts, each lock once, at 500 units in any second at most", async () => {
  const world = await openTable({ items: 200_000, lockEvery: 1_000 });
  const pages: number[] = [];

  const result = await world.sweep(({ pages: read }) => pages.push(read));

  expect(result).toMatchObject({ outcome: "ok", objectsSeen: 200_000, digestsSeen: 199_800 });
  expect(locationsOf(result)).toEqual(world.table.locks());
  expect(mostUnitsWithin(world.table.reads, 1_000)).toBeLessThanOrEqual(500);
  // 23 full pages; four parts end in one that is not full.
  expect(result.requests).toBeLessThanOrEqual(27);
  expect(pages).toEqual(Array.from({ length: result.requests }, (_, index) => index + 1));
});

test("without dynamodb:DescribeTable a small table is not slowed down, and the statement to add is told", async () => {
  const world = await openTable({ items: 400, lockEvery: 10, readUnits: 1, savedShare: 0.1, describe: "denied" });

  const result = await world.sweep();

  expect(result).toMatchObject({ outcome: "ok", objectsSeen: 400, error: null });
  expect(locationsOf(result)).toEqual(world.table.locks());
  expect(world.waitedMs()).toBe(0);
  expect(result.requests).toBeLessThanOrEqual(3);
  expect(result.notice).toMatchObject({ code: "capacity_unknown" });
  expect(result.notice?.hint).toContain('"Action":"dynamodb:DescribeTable"');
});

test("without dynamodb:DescribeTable a large table is read to its end, at the pace of the smallest table there is", async () => {
  const world = await openTable({ items: 20_000, lockEvery: 500, readUnits: 1, savedShare: 0.2, describe: "denied" });

  const result = await world.sweep();

  expect(locationsOf(result)).toEqual(world.table.locks());
  expect(world.table.counts.refused).toBe(0);
  expect(result.readUnits).toBeLessThanOrEqual(25 + (world.nowMs() / 1000) * 0.25 + 1);
  expect(result.notice?.message).toMatch(/takes about \d+ min/);
});

test("an emulator that knows no DescribeTable gets a word only where it is slow for that", async () => {
  const small = await openTable({ items: 400, lockEvery: 10, describe: "unknown" });
  const large = await openTable({ items: 20_000, lockEvery: 500, describe: "unknown" });

  expect(await small.sweep()).toMatchObject({ outcome: "ok", notice: null });
  expect(await large.sweep()).toMatchObject({ outcome: "ok", notice: { code: "capacity_unknown" } });
});

test("a table without capacity left is left alone for 5 minutes after one refusal, whoever asks", async () => {
  const world = await openTable({ items: 40_000, lockEvery: 100, readUnits: 400, savedShare: 0.001 });
  // Somebody else takes all there is, and what comes in the next four minutes.
  const stop = () => world.table.drain(100_000);

  const refused = await world.sweep(stop);
  const { scans, refused: refusals } = world.table.counts;
  const atRest = await world.sweep();

  expect(refused).toMatchObject({ outcome: "partial", error: { code: "throttled" } });
  expect(refused.halves.length).toBeGreaterThan(0);
  expect(world.table.counts.scans).toBe(scans);
  expect(scans).toBe(2);
  expect(refusals).toBeGreaterThan(0);
  expect(atRest).toMatchObject({ outcome: "error", requests: 0, halves: [], error: { code: "throttled" } });
  expect(atRest.error?.message).toContain("another 5 min");
  world.advance(5 * 60_000);
  expect(await world.sweep()).toMatchObject({ outcome: "ok" });
});

test("two sources that name one table share its budget", async () => {
  const world = await openTable({ items: 3_000, lockEvery: 100, readUnits: 5, savedShare: 0.05 });
  const twin = { ...world.source, id: "twin", account: { ...world.source.account, name: "payments again" } };

  const results = await Promise.all([world.sweep(), world.sweep(() => undefined, twin)]);

  for (const result of results) expect(locationsOf(result)).toEqual(world.table.locks());
  expect(mostUnitsWithin(world.table.reads, 10_000)).toBeLessThanOrEqual(0.25 * 5 * 10);
});

test("a slow sweep that is told to stop ends at once, with what it found and why", async () => {
  const stopping = new AbortController();
  const pause = async () => {
    stopping.abort();
    throw new Error("no longer waiting");
  };
  const world = await openTable({ items: 20_000, lockEvery: 10, readUnits: 1 }, { closing: stopping.signal, pause });

  const result = await world.sweep();
  const { scans } = world.table.counts;

  expect(result).toMatchObject({ outcome: "partial", error: { message: expect.stringContaining("stopped") } });
  expect(result.halves.length).toBeGreaterThan(0);
  // Nor does a later one begin to wait.
  expect(await world.sweep()).toMatchObject({
    outcome: "error",
    error: { message: expect.stringContaining("stopped") },
  });
  expect(world.table.counts.scans).toBe(scans);
});

test("a wait on the real clock is cut short as well", async () => {
  const stopping = new AbortController();
  const world = await openTable(
    { items: 100_000, lockEvery: 10, readUnits: 1 },
    { closing: stopping.signal, pause: undefined },
  );

  const result = await world.sweep(({ pages }) => {
    if (pages === 1) setTimeout(() => stopping.abort(), 20);
  });

  expect(result).toMatchObject({ outcome: "partial", requests: 1 });
});

test("one part that fails ends the others at their next page, and what all found is kept", async () => {
  const world = await openTable({ items: 200_000, lockEvery: 1_000 });
  const serve = world.table.serve;
  let pages = 0;
  world.table.serve = (operation, input) =>
    operation === "Scan" && input.Segment === 2 && pages >= 4
      ? { status: 400, body: '{"__type":"com.amazon.coral.service#AccessDeniedException"}' }
      : serve(operation, input);

  const result = await world.sweep((progress) => {
    pages = progress.pages;
  });

  expect(result).toMatchObject({ outcome: "partial", error: { code: "access_denied" } });
  expect(result.halves.length).toBeGreaterThan(0);
  expect(world.table.counts.scans).toBeLessThan(15);
});

test.each([
  { ConsumedCapacity: { CapacityUnits: -1e9 } },
  { ConsumedCapacity: { CapacityUnits: 1e300 } },
  { Table: { BillingModeSummary: { BillingMode: "PAY_PER_REQUEST" }, TableSizeBytes: 1e300, ItemCount: 1 } },
  { Table: { ProvisionedThroughput: { ReadCapacityUnits: 1e300 }, TableSizeBytes: -5, ItemCount: -1 } },
])("numbers that AWS would not give do no harm: %j", async (nonsense) => {
  const world = await openTable({ items: 3_000, lockEvery: 100, readUnits: 50 });
  const serve = world.table.serve;
  world.table.serve = (operation, input) => {
    const { status, body } = serve(operation, input);
    const isMeant = "Table" in nonsense ? operation === "DescribeTable" : operation === "Scan";
    return isMeant ? { status, body: JSON.stringify({ ...JSON.parse(body), ...nonsense }) } : { status, body };
  };

  const result = await world.sweep();

  expect(result.outcome).toBe("ok");
  expect(locationsOf(result)).toEqual(world.table.locks());
});
