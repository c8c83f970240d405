import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { placeOf } from "#lib/domain/hot-set.ts";
import { DEFAULT_SCAN_RULE, type ScanRule } from "#lib/domain/scan-schedule.ts";
import type { Source } from "#lib/domain/source.ts";
import type { SourceMemory } from "#lib/domain/source-memory.ts";
import { listAllLocks } from "#lib/services/locks/list-locks.ts";
import type { Context } from "#lib/services/ports/context.ts";
import type { SweepResult } from "#lib/services/ports/scanning.ts";
import {
  BUCKET,
  HOLDER_A,
  HOLDER_B,
  holdS3,
  LOCK_KEY,
  lockText,
  openWorld,
  type World,
} from "#lib/services/testing/world.ts";
import { listSources } from "./list-sources.ts";
import { lookAtSource } from "./look-at-source.ts";
import { refreshKnownLocks } from "./refresh-known-locks.ts";

const EMPTY: SweepResult = {
  outcome: "ok",
  halves: [],
  requests: 1,
  objectsSeen: 0,
  digestsSeen: 0,
  foreignSeen: 0,
  error: null,
};
/** Of a big bucket whose states lie in one segment of a thousand. */
const MEMORY: SourceMemory = {
  boundaries: Array.from({ length: 999 }, (_, index) => `k${String(index).padStart(4, "0")}`),
  segments: Array.from({ length: 1000 }, (_, index) =>
    index === 500 ? { keys: 1000, states: 900, stateKeys: [] } : { keys: 1000, states: 0, stateKeys: [] },
  ),
};

let world: World;
let bucket: Source;
beforeAll(async () => {
  world = await openWorld();
  const [first] = world.ctx.sources;
  if (first === undefined) throw new Error("the world has no source");
  bucket = first;
});
beforeEach(() => world.reset());
afterAll(() => world.close());

type Calls = { sweeps: number; refreshes: number };

/** The world with a scanner that only counts, over a bucket of so many pages. */
function countingContext(pages: number, rule: Partial<ScanRule> = {}, refreshed: Partial<SweepResult> = {}) {
  const calls: Calls = { sweeps: 0, refreshes: 0 };
  // A bucket of its own: what the counting scanner remembers must not lead the real one.
  const source = { ...bucket, name: world.ctx.newId(), id: world.ctx.newId() };
  const ctx: Context = {
    ...world.ctx,
    sources: [source],
    scanRuleOf: () => ({ ...DEFAULT_SCAN_RULE, ...rule }),
    scanner: {
      ...world.ctx.scanner,
      sweep: async () => {
        calls.sweeps += 1;
        return { ...EMPTY, requests: pages, memory: MEMORY };
      },
      refresh: async () => {
        calls.refreshes += 1;
        return { ...EMPTY, requests: 2, ...refreshed };
      },
    },
  };
  const look = (isFirst = false) => lookAtSource(ctx, source, { isFirst, random: () => 0 });
  return { ctx, calls, source, look };
}

test("a small bucket is swept each time, and not again before it is time", async () => {
  const { calls, look } = countingContext(3);
  world.clock.advance(61_000);
  const first = await look();
  world.clock.advance(10_000);
  const early = await look();

  expect(calls).toEqual({ sweeps: 1, refreshes: 0 });
  expect(first.nextInMs).toBeGreaterThan(59_000);
  expect(early.nextInMs).toBeLessThanOrEqual(20_000);
});

test("a big bucket is refreshed between two whole sweeps, and the page has the age of both", async () => {
  const { ctx, calls, look, source } = countingContext(1_000);
  world.clock.advance(61_000);
  await look();
  for (let minute = 0; minute < 10; minute += 1) {
    world.clock.advance(61_000);
    await look();
  }
  expect(calls).toEqual({ sweeps: 1, refreshes: 10 });
  const view = (await listSources(ctx)).find(({ id }) => id === source.id);
  const ages = [view?.lastScanAt, view?.lastRefreshAt].map((at) => ctx.now() - Date.parse(at ?? ""));
  expect(ages[0]).toBeGreaterThan(600_000);
  expect(ages[1]).toBeLessThan(60_000);
  // Whoever is told of changes of a source must not be told of the passing of time.
  expect(await listSources(ctx)).toEqual([view]);
  expect(view?.nextLookAt).not.toBeNull();
  expect(view).toMatchObject({ nextLook: "refresh", requestsPerDayMax: null, requestsPerDay: 24_000 + 1_416 * 2 });

  world.clock.advance(3_600_000);
  await look();
  expect(calls.sweeps).toBe(2);
});

test("a look at one place takes nothing away elsewhere, whatever the scanner says it covered", async () => {
  holdS3(world, lockText(HOLDER_A));
  world.sandbox.putObject(BUCKET, "other.tfstate.tflock", lockText(HOLDER_B));
  await world.scan();
  world.clock.advance(6_000);
  const counting = countingContext(1, {}, { coverage: { kind: "all" } });
  const ctx = { ...counting.ctx, sources: world.ctx.sources };
  const asked = new Map([[placeOf({ sourceId: bucket.id, location: LOCK_KEY }), ctx.now()]]);
  await refreshKnownLocks(ctx, asked);

  expect((await listAllLocks(ctx)).map((lock) => lock.lockId)).toEqual([HOLDER_A]);
});

test("a start looks at once, but for a source whose budget has no room", async () => {
  const free = countingContext(3);
  await free.look(true);
  await free.look(true);
  const poor = countingContext(3, { requestsPerDay: 3 });
  await poor.look(true);
  const { nextInMs } = await poor.look(true);

  expect([free.calls.sweeps, poor.calls.sweeps]).toEqual([2, 1]);
  expect(nextInMs).toBeGreaterThan(23 * 3_600_000);
});

test("known locks are asked for one by one, are gone when they are gone, and nothing is swept", async () => {
  holdS3(world, lockText(HOLDER_A));
  await world.scan();
  world.clock.advance(6_000);
  world.sandbox.clearJournal();
  const asked = new Map<string, number>();
  const kept = await refreshKnownLocks(world.ctx, asked);
  const tooEarly = await refreshKnownLocks(world.ctx, asked);
  world.sandbox.deleteObject(BUCKET, LOCK_KEY);
  world.clock.advance(6_000);
  const removed = await refreshKnownLocks(world.ctx, asked);

  expect([kept, tooEarly, removed]).toEqual([
    { asked: 1, changed: 0 },
    { asked: 0, changed: 0 },
    { asked: 1, changed: 1 },
  ]);
  expect(await listAllLocks(world.ctx)).toEqual([]);
  expect(world.sandbox.journal({ operation: "ListObjectsV2" })).toEqual([]);
  expect(asked.size).toBe(1);
});

test("a known lock that was taken over shows its new holder, and a failure is no news", async () => {
  holdS3(world, lockText(HOLDER_A));
  await world.scan();
  holdS3(world, lockText(HOLDER_B));
  world.clock.advance(6_000);
  const asked = new Map<string, number>();
  await refreshKnownLocks(world.ctx, asked);
  const after = (await world.onlyLock()).lockId;
  world.sandbox.addFault({ match: {}, effect: { kind: "status", status: 403, code: "AccessDenied" } });
  world.clock.advance(6_000);
  const failed = await refreshKnownLocks(world.ctx, asked);

  expect(after).toBe(HOLDER_B);
  expect(failed).toEqual({ asked: 1, changed: 0 });
  expect(await world.onlyLock()).toMatchObject({ lockId: HOLDER_B, isLastKnown: false });
});
