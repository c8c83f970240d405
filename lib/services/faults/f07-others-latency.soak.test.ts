import { afterEach, expect, test, vi } from "vitest";
import { startScan } from "#lib/services/sources/scan-sources.ts";
import { printFigure, SOAK_STORES, useStore } from "#lib/services/testing/soak-stores.ts";
import {
  BUCKET,
  HOLDER_A,
  heldItem,
  holdDynamodb,
  lockText,
  openWorld,
  type World,
} from "#lib/services/testing/world.ts";
import type { FaultEffect } from "#sandbox/faults.ts";

const ROUNDS = 20;
const AWS_LATENCY_MS = 20;
const SLOWER_MAX = 1.1;

const FAILURES: readonly [string, FaultEffect][] = [
  ["SlowDown", { kind: "status", status: 503, code: "SlowDown" }],
  ["InternalError", { kind: "status", status: 500, code: "InternalError" }],
  ["a black hole", { kind: "hang" }],
];

afterEach(() => {
  vi.unstubAllEnvs();
});

test.each(SOAK_STORES.flatMap((store) => FAILURES.map(([name, effect]) => ({ store, name, effect }))))(
  "F7: while the scan of a bucket meets $name, that of a table and an unlock there take at most 10 % longer than beside a good one ($store)",
  async ({ store, name, effect }) => {
    useStore(store);
    const world = await openWorld();
    try {
      world.sandbox.setLatency(AWS_LATENCY_MS);
      // A first round for what is loaded and connected only once.
      await measure(world);
      const usual: Took[] = [];
      const beside: Took[] = [];
      // By turns, so that both meet the same machine.
      for (let round = 0; round < ROUNDS; round += 1) {
        usual.push(await besideScanned(world, null, () => measure(world)));
        beside.push(await besideScanned(world, effect, () => measure(world)));
      }

      const scan = compare(usual, beside, ({ scanMs }) => scanMs);
      const unlock = compare(usual, beside, ({ unlockMs }) => unlockMs);
      printFigure(`F7 beside ${name}, ${store}`, { scan, unlock });
      expect(scan.times).toBeLessThanOrEqual(SLOWER_MAX);
      expect(unlock.times).toBeLessThanOrEqual(SLOWER_MAX);
    } finally {
      await world.close();
    }
  },
);

type Took = { readonly scanMs: number; readonly unlockMs: number };

/** Scans the table, and unlocks what is there. */
async function measure(world: World): Promise<Took> {
  await holdDynamodb(world, lockText(HOLDER_A));
  const startedMs = performance.now();
  await scanOne(world, "dynamodb");
  const scannedMs = performance.now();
  const { outcome } = await world.unlock(await world.onlyLock());
  const endedMs = performance.now();
  expect([outcome, await heldItem(world)]).toEqual(["released", null]);
  return { scanMs: scannedMs - startedMs, unlockMs: endedMs - scannedMs };
}

/** The same while the bucket is scanned again and again, and answers well or not at all. */
async function besideScanned<T>(world: World, effect: FaultEffect | null, work: () => Promise<T>): Promise<T> {
  const fault = effect === null ? null : world.sandbox.addFault({ match: { bucket: BUCKET }, effect });
  let isOver = false;
  const scanning = (async () => {
    while (!isOver) await scanOne(world, "s3");
  })();
  try {
    return await work();
  } finally {
    isOver = true;
    await scanning;
    if (fault !== null) world.sandbox.removeFault(fault);
  }
}

async function scanOne({ ctx }: World, kind: "s3" | "dynamodb"): Promise<void> {
  const sourceId = ctx.sources.find((source) => source.kind === kind)?.id ?? "";
  await startScan(ctx, { sourceId }).done;
}

function compare(usual: readonly Took[], beside: readonly Took[], of: (took: Took) => number) {
  const [usualMs, besideMs] = [median(usual.map(of)), median(beside.map(of))];
  return { usualMs: round(usualMs), besideMs: round(besideMs), times: round(besideMs / usualMs) };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
