import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { applyNews } from "#lib/domain/apply-news.ts";
import type { LockNews, LockRows, LockStreamPulse } from "#lib/domain/lock-news.ts";
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
import { createLockStream, type LockStream } from "./create-lock-stream.ts";

const TIMING = {
  lookEveryMs: 10,
  lookAgainEveryMs: 3_600_000,
  progressEveryMs: 10,
  pulseEveryMs: 3_600_000,
  lingerMs: 3_600_000,
};

let world: World;
let stream: LockStream;
beforeAll(async () => {
  world = await openWorld();
});
beforeEach(async () => {
  await world.reset();
  stream = createLockStream(world.ctx, TIMING);
});
afterEach(() => stream.close());
afterAll(() => world.close());

type StreamEvent =
  | { readonly name: "news"; readonly data: LockNews }
  | { readonly name: "alive"; readonly data: LockStreamPulse }
  | { readonly name: "resync"; readonly data: { readonly version: string } };

async function readAll(): Promise<LockRows> {
  return JSON.parse(new TextDecoder().decode((await stream.readRows()).plain()));
}

/** The events of one viewer as they come; those of a closed stream end. */
async function* view(since: string | null): AsyncGenerator<StreamEvent> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const bytes of await stream.open(since)) {
    text += decoder.decode(bytes, { stream: true });
    const blocks = text.split("\n\n");
    text = blocks.pop() ?? "";
    for (const block of blocks) {
      const fields = Object.fromEntries(block.split("\n").map((line) => line.split(/: (.*)/s, 2)));
      if (fields["event"] !== undefined) yield { name: fields["event"], data: JSON.parse(fields["data"] ?? "") };
    }
  }
}

/** Applies news until the rows say what is wanted. */
async function follow(start: LockRows, isDone: (rows: LockRows) => boolean): Promise<LockRows> {
  let rows = start;
  for await (const event of view(start.version)) {
    if (event.name === "news") {
      const next = applyNews(rows, event.data);
      if (next === null) throw new Error(`A gap between ${rows.version} and ${event.data.version}.`);
      rows = next;
    }
    if (isDone(rows)) return rows;
  }
  throw new Error("The stream ended.");
}

test("a viewer is told of a lock that a sweep found, of its new holder and of its end, and has the server's rows", async () => {
  const first = await readAll();
  expect(first.rows).toEqual([]);

  holdS3(world, lockText(HOLDER_A));
  await world.scan();
  const held = await follow(first, ({ rows }) => rows.length === 1);
  expect(held.rows[0]).toMatchObject({ lockId: HOLDER_A, mechanisms: ["s3"] });

  holdS3(world, lockText(HOLDER_B));
  await world.scan();
  const changed = await follow(held, ({ rows }) => rows[0]?.lockId === HOLDER_B);
  expect(changed.counts.total).toBe(1);

  world.sandbox.deleteObject(BUCKET, LOCK_KEY);
  await world.scan();
  const empty = await follow(changed, ({ rows }) => rows.length === 0);
  expect(empty.sources.every((source) => source.status === "ok")).toBe(true);
});

test("fifty viewers cost not one call to AWS more than one", async () => {
  const countCalls = async (viewers: number, holder: string): Promise<number> => {
    const start = await readAll();
    const told = Array.from({ length: viewers }, () => follow(start, ({ rows }) => rows[0]?.lockId === holder));
    await expect.poll(() => stream.countViewers()).toBeGreaterThanOrEqual(viewers);
    world.sandbox.clearJournal();
    holdS3(world, lockText(holder));
    await world.scan();
    await Promise.all(told);
    return world.sandbox.journal().length;
  };

  const byOne = await countCalls(1, HOLDER_A);
  const byFifty = await countCalls(50, HOLDER_B);

  expect(byOne).toBeGreaterThan(0);
  expect(byFifty).toBe(byOne);
});

test("who was away for a moment gets what was missed; who was away too long, or elsewhere, is told to fetch", async () => {
  const before = await readAll();
  holdS3(world, lockText(HOLDER_A));
  await world.scan();
  await follow(before, ({ rows }) => rows.length === 1);

  const [missed] = await Array.fromAsync(take(view(before.version), 1));
  const [elsewhere, alive] = await Array.fromAsync(take(view("another-life.7"), 2));
  const [present] = await Array.fromAsync(take(view(null), 1));

  expect(missed?.name).toBe("news");
  expect(elsewhere?.name).toBe("resync");
  expect([alive?.name, present?.name]).toEqual(["alive", "alive"]);
  expect(present?.data.version).toBe((await readAll()).version);
});

test("rows are written once for a version: the same body until something changed", async () => {
  const body = await stream.readRows();
  expect(await stream.readRows()).toBe(body);

  holdS3(world, lockText(HOLDER_A));
  await world.scan();

  await expect.poll(async () => (await stream.readRows()).version).not.toBe(body.version);
});

test("a sweep's progress is told to viewers as a change of its source alone", async () => {
  const start = await readAll();
  const [source] = world.ctx.sources;
  if (source === undefined) throw new Error("There is no source.");
  const events = view(start.version);
  await events.next();

  const progress = { pages: 40, objectsSeen: 40_000, locksFound: 3 };
  world.ctx.sweeps.running.set(source.id, { startedAtMs: world.ctx.now(), progress, done: Promise.resolve() });
  const { value: told } = await events.next();
  world.ctx.sweeps.running.delete(source.id);
  await events.return(undefined);

  expect(told).toMatchObject({ name: "news", data: { changed: [], gone: [], sources: [{ id: source.id }] } });
  expect(told?.name === "news" && told.data.sources[0]?.running).toMatchObject(progress);
});

test("viewers that left are not counted, and the end of the process ends every stream at once", async () => {
  const left = view(null);
  const staying = view(null);
  await Promise.all([left.next(), staying.next()]);
  expect(stream.countViewers()).toBe(2);

  await left.return(undefined);
  expect(stream.countViewers()).toBe(1);
  stream.close();

  expect((await staying.next()).done).toBe(true);
  expect(stream.countViewers()).toBe(0);
  await expect(stream.open(null)).rejects.toThrow("cannot read");
});

async function* take<T>(items: AsyncGenerator<T>, count: number): AsyncGenerator<T> {
  let left = count;
  for await (const item of items) {
    yield item;
    left -= 1;
    if (left === 0) return;
  }
}
