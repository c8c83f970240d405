import { createScanner } from "#lib/adapters/aws/source-scanner.ts";
import type { Source } from "#lib/domain/source.ts";
import type { SweepResult } from "#lib/services/ports/scanning.ts";
import type { Bar } from "./bars.ts";
import { forkVirtualDynamodb, startVirtualDynamodb } from "./virtual-dynamodb.ts";
import { mostUnitsWithin } from "./virtual-table.ts";

const ITEMS = 100_000;
const LOCK_EVERY = 1_000;
const READ_UNITS = 5;
const LATENCY_MS = 20;

/** Measures how lock tables are read: a small one on a clock that jumps, and a large on-demand one on the real clock. */
export async function measureTables(): Promise<Bar[]> {
  return [...(await measureProvisioned()), ...(await measureOnDemand())];
}

/** 100k digests in a table of five units a second: most of what a sweep does is to wait. */
async function measureProvisioned(): Promise<Bar[]> {
  let nowMs = 0;
  const advance = (ms: number) => {
    nowMs += ms;
  };
  const shape = { items: ITEMS, lockEvery: LOCK_EVERY, readUnits: READ_UNITS };
  const delay = () => advance(LATENCY_MS / 2);
  const virtual = await startVirtualDynamodb(shape, { nowMs: () => nowMs, delay });
  try {
    const pause = async (ms: number) => advance(ms);
    const scanner = createScanner({ env: ENV, monotonicMs: () => nowMs, pause });
    const result = await scanner.sweep(tableAt(virtual.url), [], () => undefined);
    checkLocks(result, virtual.table.locks());
    const share = mostUnitsWithin(virtual.table.reads, 10_000) / (READ_UNITS * 10);
    const leastMs = ((result.readUnits ?? 0) / (READ_UNITS / 4)) * 1000;
    const name = "100k digests, 5 read units";
    return [
      { name: `${name}: most of the capacity taken in any 10 s`, value: share * 100, most: 25, unit: "%" },
      { name: `${name}: time ÷ least at a quarter`, value: nowMs / leastMs, most: 1.15, unit: "×" },
      { name: `${name}: reads refused`, value: virtual.table.counts.refused, most: 0, unit: "" },
    ];
  } finally {
    virtual.stop();
  }
}

/** 200k digests in an on-demand table: 23 MB, which is read in four parts. */
async function measureOnDemand(): Promise<Bar[]> {
  const virtual = await forkVirtualDynamodb();
  try {
    await virtual.serve({ items: 2 * ITEMS, lockEvery: LOCK_EVERY, latencyMs: LATENCY_MS });
    const scanner = createScanner({ env: ENV });
    const result = await scanner.sweep(tableAt(virtual.url), [], () => undefined);
    const { reads, scans, locks } = await virtual.counts();
    checkLocks(result, locks);
    const leastPages = Math.ceil((result.readUnits ?? 0) / 128);
    const name = "200k digests, on-demand";
    return [
      { name: `${name}: most units in any second`, value: mostUnitsWithin(reads, 1_000), most: 500, unit: "" },
      // Four parts end in a page that is not full.
      { name: `${name}: pages beyond the least`, value: scans - leastPages, most: 4, unit: "" },
    ];
  } finally {
    virtual.stop();
  }
}

const ENV = { AWS_ACCESS_KEY_ID: "AKIABENCH", AWS_SECRET_ACCESS_KEY: "secret" };

function tableAt(url: string): Source {
  const account = {
    name: "bench",
    id: "111122223333",
    region: "eu-west-1",
    scanRoleArn: null,
    unlockRoleArn: null,
    restoreRoleArn: null,
    externalId: null,
    endpoints: { s3: null, dynamodb: url, sts: null },
  };
  return { id: "table", account, kind: "dynamodb", name: "locks", region: "eu-west-1", prefix: "" };
}

function checkLocks({ outcome, error, halves }: SweepResult, expected: readonly string[]): void {
  const found = halves.map((half) => half.location).toSorted();
  const isSame = found.length === expected.length && found.every((lockId, index) => lockId === expected[index]);
  if (outcome === "ok" && isSame) return;
  throw new Error(
    `Found ${found.length} locks (${outcome} ${error?.message ?? ""}), not the ${expected.length} there.`,
  );
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  for (const { name, value, most, unit } of await measureTables()) {
    process.stdout.write(`${name}: ${value.toFixed(3)} ${unit} (at most ${most})\n`);
  }
}
