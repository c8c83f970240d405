import { afterEach, expect, test } from "vitest";
import type { ClaimedLook, LookJob, PlannedLook, ScanQueue } from "./scan-queue.ts";
import { type ScanWorker, startScanWorker } from "./scan-worker.ts";

type FakeQueue = ScanQueue & {
  readonly waiting: LookJob[];
  readonly planned: PlannedLook[];
  readonly finished: string[];
  readonly givenBack: string[];
  readonly kept: Set<string>;
};

let worker: ScanWorker | null = null;
afterEach(() => worker?.stop(0));

function fakeQueue(sourceIds: readonly string[]): FakeQueue {
  const waiting = sourceIds.map((sourceId) => ({ sourceId, isFirst: true }));
  const queue = { waiting, planned: [] as PlannedLook[], finished: [] as string[], givenBack: [] as string[] };
  const kept = new Set<string>();
  const idOf = (look: ClaimedLook) => look.data.sourceId;
  return {
    ...queue,
    kept,
    plan: async (looks) => void queue.planned.push(...looks),
    replan: async () => undefined,
    claim: async (limit) => waiting.splice(0, limit).map((data) => ({ id: data.sourceId, retryCount: 0, data })),
    keep: async (looks) => {
      for (const look of looks) kept.add(idOf(look));
    },
    finish: async (look) => void queue.finished.push(idOf(look)),
    giveBack: async (looks) => void queue.givenBack.push(...looks.map(idOf)),
  };
}

const names = (count: number) => Array.from({ length: count }, (_, index) => `s${index}`);
const QUIET = { info: () => undefined, warn: () => undefined, error: () => undefined };

function start(queue: ScanQueue, look: (job: LookJob) => Promise<{ nextInMs: number } | null>, longMs = 10_000) {
  worker = startScanWorker({ queue, look, pollMs: 10, keepMs: 10, longMs, log: QUIET });
  return worker;
}

test("looks of 200 sources run beside each other, 32 at most, and each plans its next one", async () => {
  const queue = fakeQueue(names(200));
  let running = 0;
  let runningMax = 0;
  start(queue, async () => {
    running += 1;
    runningMax = Math.max(runningMax, running);
    await new Promise((resolve) => setTimeout(resolve, 2));
    running -= 1;
    return { nextInMs: 60_000 };
  });

  await expect.poll(() => queue.planned.length, { interval: 5, timeout: 10_000 }).toBe(200);
  expect(runningMax).toBe(32);
  expect(new Set(queue.finished).size).toBe(200);
  expect(queue.planned[0]).toEqual({ sourceId: "s0", isFirst: false, inMs: 60_000 });
});

test("looks that hang hold up no other, however many they are, and are kept", async () => {
  const queue = fakeQueue(names(100));
  const hangs = (job: LookJob) => Number(job.sourceId.slice(1)) < 60;
  start(queue, (job) => (hangs(job) ? new Promise(() => undefined) : Promise.resolve({ nextInMs: 1 })), 50);

  await expect.poll(() => queue.planned.length, { interval: 5, timeout: 5_000 }).toBe(40);
  await expect.poll(() => queue.kept.size, { interval: 5 }).toBe(60);
});

test("a look that fails is planned again, and one at a source that is not ours is not", async () => {
  const queue = fakeQueue(["broken", "foreign"]);
  start(queue, async ({ sourceId }) => {
    if (sourceId === "broken") throw new Error("as planned");
    return null;
  });

  await expect.poll(() => queue.finished.toSorted(), { interval: 5 }).toEqual(["broken", "foreign"]);
  expect(queue.planned).toEqual([{ sourceId: "broken", isFirst: false, inMs: 30_000 }]);
});

test("a worker that stops gives back what does not end, and claims and plans nothing more", async () => {
  const queue = fakeQueue(["slow", "quick"]);
  const quick = Promise.withResolvers<{ nextInMs: number }>();
  const slow = Promise.withResolvers<{ nextInMs: number }>();
  const stopping = start(queue, ({ sourceId }) => (sourceId === "quick" ? quick.promise : slow.promise));
  await expect.poll(() => queue.waiting.length, { interval: 5 }).toBe(0);

  const stopped = stopping.stop(300);
  quick.resolve({ nextInMs: 1 });
  queue.waiting.push({ sourceId: "late", isFirst: false });
  await stopped;
  slow.resolve({ nextInMs: 1 });
  await slow.promise;

  expect([queue.finished, queue.givenBack]).toEqual([["quick"], ["slow"]]);
  expect(queue.planned.map(({ sourceId }) => sourceId)).toEqual(["quick"]);
  expect(queue.waiting).toHaveLength(1);
});

test("a queue that fails for a while is asked again", async () => {
  const queue = fakeQueue(["x"]);
  let failures = 3;
  const claim = async (limit: number) => {
    failures -= 1;
    if (failures >= 0) throw new Error("the database is away");
    return queue.claim(limit);
  };
  start({ ...queue, claim }, async () => ({ nextInMs: 1 }));

  await expect.poll(() => queue.finished, { interval: 5 }).toEqual(["x"]);
});
