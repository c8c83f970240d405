import fc from "fast-check";
import { expect, test } from "vitest";
import { aRow, rowsOf } from "#components/testing/a-lock.ts";
import { countLocks } from "#lib/domain/lock-filter.ts";
import type { LockNews } from "#lib/domain/lock-news.ts";
import { sortByNeed } from "#lib/domain/lock-order.ts";
import { type FeedEvent, type LockFeed, reduceFeed, startFeed } from "./lock-feed.ts";

const PROBLEM = { code: "lost", message: "m", hint: "h", requestId: null };
const AS_OF = "2026-11-23T03:01:01.000Z";

function keysOf(feed: LockFeed): readonly string[] {
  return feed.shown.rows.map((row) => row.key);
}

function fetched(keys: readonly string[], isHeld: boolean): FeedEvent {
  return { kind: "fetched", rows: rowsOf(keys), isHeld };
}

/** News that lead from one set of keys to another. */
function someNews(before: readonly string[], after: readonly string[], number: number): LockNews {
  return {
    version: `e.${number}`,
    asOf: AS_OF,
    changed: after.filter((key) => !before.includes(key)).map((key) => aRow({ key })),
    gone: before.filter((key) => !after.includes(key)),
    sources: [],
    counts: countLocks(after.map((key) => aRow({ key }))),
  };
}

test("while nobody is at the list, news are shown at once and marked as new", () => {
  const news = [someNews(["a", "b"], ["a", "c"], 2)];

  const feed = reduceFeed(startFeed(rowsOf(["a", "b"]), true), { kind: "told", news, isHeld: false });

  expect(keysOf(feed)).toEqual(["a", "c"]);
  expect([...feed.newKeys]).toEqual(["c"]);
  expect(feed.newest).toMatchObject({ version: "e.2", counts: { total: 2 } });
});

test("while a person is at the list, news wait until they are let in", () => {
  const news = [someNews(["a", "b"], ["a", "b", "c"], 2)];
  const held = reduceFeed(startFeed(rowsOf(["a", "b"]), true), { kind: "told", news, isHeld: true });

  expect(keysOf(held)).toEqual(["a", "b"]);
  expect(held.newest.rows).toHaveLength(3);
  expect(keysOf(reduceFeed(held, { kind: "adopted" }))).toEqual(["a", "b", "c"]);
});

test("what is held back is let in by the next event after the person has left, even that nothing changed", () => {
  const held = reduceFeed(startFeed(rowsOf(["a"]), true), fetched(["b", "a"], true));

  expect(keysOf(reduceFeed(held, { kind: "unchanged", asOf: AS_OF, isHeld: true }))).toEqual(["a"]);
  expect(keysOf(reduceFeed(held, { kind: "unchanged", asOf: null, isHeld: false }))).toEqual(["b", "a"]);
});

test("the first whole list replaces the first page, and nothing in it counts as new", () => {
  const page = startFeed(rowsOf(["a"], { version: "" }), false);
  expect(reduceFeed(page, { kind: "unchanged", asOf: AS_OF, isHeld: false }).isComplete).toBe(false);

  const feed = reduceFeed(page, fetched(["a", "b"], true));

  expect(keysOf(feed)).toEqual(["a", "b"]);
  expect(feed).toMatchObject({ isComplete: true, newKeys: new Set() });
});

test("a failure keeps what is shown and says so until something is learned again", () => {
  const failed = reduceFeed(startFeed(rowsOf(["a"]), true), { kind: "failed", problem: PROBLEM });

  expect(keysOf(failed)).toEqual(["a"]);
  expect(failed.problem).toEqual(PROBLEM);
  expect(reduceFeed(failed, { kind: "unchanged", asOf: AS_OF, isHeld: true }).problem).toBeNull();
});

test("ages are counted on now and then, not with each event, and what tells nothing renders nothing", () => {
  const start = startFeed(rowsOf(["a"]), true);
  const soon = reduceFeed(start, { kind: "unchanged", asOf: "2026-11-23T03:01:10.000Z", isHeld: false });
  const later = reduceFeed(soon, { kind: "unchanged", asOf: "2026-11-23T03:01:31.000Z", isHeld: false });

  expect(soon).toBe(start);
  expect(later.shown.rows[0]?.ageMs).toBe((start.shown.rows[0]?.ageMs ?? 0) + 30_000);
});

test("a row that changes keeps its place while a person is at the list, and takes its new one after", () => {
  const start = startFeed(rowsOf(["a", "b"]), true);
  const changed = [aRow({ key: "b", attention: "stale" })];
  const news = [{ ...someNews([], [], 2), changed, counts: start.newest.counts }];

  const held = reduceFeed(start, { kind: "told", news, isHeld: true });

  expect(keysOf(held)).toEqual(["a", "b"]);
  expect(held.newest.rows.map((row) => row.attention)).toEqual(["stale", "none"]);
  expect(keysOf(reduceFeed(held, { kind: "unchanged", asOf: AS_OF, isHeld: false }))).toEqual(["b", "a"]);
});

test("whatever arrives while a person is at the list, no row moves, comes or goes", () => {
  const keys = fc.uniqueArray(fc.constantFrom(..."abcdefgh"), { maxLength: 8 });
  fc.assert(
    fc.property(keys, fc.array(fc.tuple(keys, fc.boolean()), { maxLength: 6 }), (first, later) => {
      let known = first;
      let number = 1;
      let feed = startFeed(rowsOf(first), true);
      for (const [next, isNews] of later) {
        number = isNews ? number + 1 : 1;
        const news = [someNews(known, next, number)];
        feed = reduceFeed(feed, isNews ? { kind: "told", news, isHeld: true } : fetched(next, true));
        known = next;
      }

      expect(keysOf(feed)).toEqual(first);
      expect(sortByNeed(feed.newest.rows).map((row) => row.key)).toEqual(known.toSorted());
    }),
  );
});
