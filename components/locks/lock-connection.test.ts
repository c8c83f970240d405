import { afterEach, beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { rowsOf } from "#components/testing/a-lock.ts";
import type { LockNews } from "#lib/domain/lock-news.ts";
import { type ConnectionEvent, type Fetched, LockConnection, type StreamMessage } from "./lock-connection.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const PROBLEM = { code: "lost", message: "m", hint: "h", requestId: null };
const ALIVE: StreamMessage = { kind: "alive", asOf: "2026-11-23T03:01:01.000Z", problem: null };

type Stream = {
  readonly since: string;
  readonly say: (message: StreamMessage) => void;
  readonly lose: () => void;
  isClosed: boolean;
};

/** A server whose answers the test decides, and what the page was given. */
function connect(answer: (version: string) => Fetched = () => ({ kind: "rows", rows: rowsOf([]) })) {
  const streams: Stream[] = [];
  const events: ConnectionEvent[] = [];
  const asked: string[] = [];
  const server = { answer };
  const connection = new LockConnection({
    random: () => 1,
    emit: (event) => events.push(event),
    fetchRows: async (version) => {
      asked.push(version);
      return server.answer(version);
    },
    openStream: (since, on) => {
      const stream: Stream = { since, say: on.message, lose: on.lost, isClosed: false };
      streams.push(stream);
      return () => {
        stream.isClosed = true;
      };
    },
  });
  onTestFinished(() => connection.stop());
  connection.start();
  const stream = () => {
    const last = streams.at(-1);
    if (last === undefined) throw new Error("No stream was opened.");
    return last;
  };
  return { connection, events, asked, streams, stream, server };
}

function news(number: number): StreamMessage {
  const { counts } = rowsOf([]);
  const told: LockNews = { version: `e.${number}`, asOf: "", changed: [], gone: [], sources: [], counts };
  return { kind: "news", news: told };
}

function kindsOf(events: readonly ConnectionEvent[]): readonly string[] {
  return events.map((event) => event.kind);
}

const settle = () => vi.advanceTimersByTimeAsync(0);

test("fetches the rows, then follows from their version; news that come together are given out together", async () => {
  const { events, stream } = connect();
  await settle();
  expect(stream().since).toBe("e.1");

  stream().say(ALIVE);
  for (const number of [2, 3, 4]) stream().say(news(number));
  expect(kindsOf(events)).toEqual(["fetched", "unchanged"]);
  await vi.advanceTimersByTimeAsync(250);

  const told = events.at(-1);
  expect(told?.kind === "told" && told.news.map(({ version }) => version)).toEqual(["e.2", "e.3", "e.4"]);
});

test.each([
  ["a gap", news(3)],
  ["another life of the server", { kind: "news", news: { ...rowsOf([]), version: "f.2", changed: [], gone: [] } }],
  ["the server's own word", { kind: "resync" }],
] as const)("after %s the rows are fetched again", async (_, message) => {
  const { asked, streams, stream } = connect();
  await settle();
  stream().say(ALIVE);

  stream().say(message);
  await settle();

  expect(asked).toEqual(["", "e.1"]);
  expect(streams.map(({ isClosed }) => isClosed)).toEqual([true, false]);
});

test("a lost connection is tried again after a while that grows, and the page is told while nobody answers", async () => {
  const { events, asked, stream, server } = connect();
  await settle();
  stream().say(ALIVE);
  server.answer = () => ({ kind: "failed", problem: PROBLEM });

  stream().lose();
  const triedAfterMs: number[] = [];
  for (let ms = 0; ms < 60_000; ms += 250) {
    const before = asked.length;
    await vi.advanceTimersByTimeAsync(250);
    if (asked.length > before) triedAfterMs.push(ms + 250);
  }
  expect(triedAfterMs).toEqual([1000, 3000, 7000, 15_000, 30_000, 45_000, 60_000]);
  expect(events.at(-1)).toEqual({ kind: "failed", problem: PROBLEM });

  server.answer = () => ({ kind: "unchanged" });
  await vi.advanceTimersByTimeAsync(15_000);
  expect(stream().isClosed).toBe(false);
  expect(events.at(-1)).toEqual({ kind: "unchanged", asOf: null });
});

test("a stream that falls silent counts as lost", async () => {
  const { streams, stream } = connect();
  await settle();
  stream().say(ALIVE);
  await vi.advanceTimersByTimeAsync(37_000);
  expect(stream().isClosed).toBe(false);

  await vi.advanceTimersByTimeAsync(2000);

  expect(streams.map(({ isClosed }) => isClosed)).toEqual([true, false]);
});

test("where no stream ever says a word, the rows are asked for again and again, and a stream is tried much later", async () => {
  const { asked, streams } = connect((version) =>
    version === "" ? { kind: "rows", rows: rowsOf([]) } : { kind: "unchanged" },
  );
  await vi.advanceTimersByTimeAsync(16_000);
  expect(streams).toHaveLength(2);
  const before = asked.length;

  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked.length - before).toBe(12);
  expect(streams).toHaveLength(2);

  await vi.advanceTimersByTimeAsync(300_000);
  expect(streams.length).toBeGreaterThan(2);
});

test("a server that cannot read its database says why", async () => {
  const { events, stream } = connect();
  await settle();

  stream().say({ ...ALIVE, problem: PROBLEM });

  expect(events.at(-1)).toEqual({ kind: "failed", problem: PROBLEM });
});

test("one that was stopped asks nothing, gives out what it had, and catches up when it is started again", async () => {
  const { connection, events, asked, stream } = connect();
  await settle();
  stream().say(ALIVE);
  stream().say(news(2));

  connection.stop();
  expect(events.at(-1)?.kind).toBe("told");
  expect(stream().isClosed).toBe(true);
  await vi.advanceTimersByTimeAsync(600_000);
  expect(asked).toHaveLength(1);
  expect(vi.getTimerCount()).toBe(0);

  connection.start();
  await settle();
  expect(asked).toEqual(["", "e.2"]);
});
