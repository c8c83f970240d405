import fc from "fast-check";
import { expect, test } from "vitest";
import { anAnswer } from "#components/testing/a-lock.ts";
import { type FeedEvent, type LockFeed, reduceFeed, startFeed } from "./lock-feed.ts";

const PROBLEM = { code: "lost", message: "m", hint: "h", requestId: null };

function keysOf(feed: LockFeed): readonly string[] {
  return feed.shown.locks.map((lock) => lock.key);
}

function answered(keys: readonly string[], isHeld: boolean): FeedEvent {
  return { kind: "answered", answer: anAnswer(keys), isHeld };
}

test("while nobody is at the list, news are shown at once and marked as new", () => {
  const feed = reduceFeed(startFeed(anAnswer(["a", "b"]), true), answered(["c", "a"], false));

  expect(keysOf(feed)).toEqual(["c", "a"]);
  expect([...feed.newKeys]).toEqual(["c"]);
});

test("while a person is at the list, news wait until they are let in", () => {
  const held = reduceFeed(startFeed(anAnswer(["a", "b"]), true), answered(["c", "b", "a"], true));

  expect(keysOf(held)).toEqual(["a", "b"]);
  expect(held.newest.locks).toHaveLength(3);
  expect(keysOf(reduceFeed(held, { kind: "adopted" }))).toEqual(["c", "b", "a"]);
});

test("what is held back is let in by the next answer after the person has left, even an unchanged one", () => {
  const held = reduceFeed(startFeed(anAnswer(["a"]), true), answered(["b", "a"], true));

  expect(keysOf(reduceFeed(held, { kind: "unchanged", isHeld: true }))).toEqual(["a"]);
  expect(keysOf(reduceFeed(held, { kind: "unchanged", isHeld: false }))).toEqual(["b", "a"]);
});

test("the first whole list replaces the first page, and nothing in it counts as new", () => {
  const feed = reduceFeed(startFeed(anAnswer(["a"]), false), answered(["a", "b"], true));

  expect(keysOf(feed)).toEqual(["a", "b"]);
  expect(feed).toMatchObject({ isComplete: true, newKeys: new Set() });
});

test("a failed refresh keeps what is shown and says so until one succeeds", () => {
  const failed = reduceFeed(startFeed(anAnswer(["a"]), true), { kind: "failed", problem: PROBLEM });

  expect(keysOf(failed)).toEqual(["a"]);
  expect(failed.problem).toEqual(PROBLEM);
  expect(reduceFeed(failed, { kind: "unchanged", isHeld: true }).problem).toBeNull();
});

test("whatever arrives while a person is at the list, no row moves, comes or goes", () => {
  const keys = fc.uniqueArray(fc.constantFrom(..."abcdefgh"), { maxLength: 8 });
  fc.assert(
    fc.property(keys, fc.array(keys, { maxLength: 6 }), (first, later) => {
      const start = startFeed(anAnswer(first), true);

      const feed = later.reduce((before, next) => reduceFeed(before, answered(next, true)), start);

      expect(keysOf(feed)).toEqual(first);
      expect(feed.newest.locks.map((lock) => lock.key)).toEqual(later.at(-1) ?? first);
    }),
  );
});
