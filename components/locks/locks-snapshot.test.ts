import { expect, test } from "vitest";
import { aLock } from "#components/testing/a-lock.ts";
import { findNewKeys, formatHeldBack, hasSameOrder, mergeInPlace } from "./locks-snapshot.ts";

test("rows keep their places and take the newest facts", () => {
  const shown = [aLock({ key: "a", headline: "old" }), aLock({ key: "b" })];
  const newest = [aLock({ key: "b" }), aLock({ key: "a", headline: "new" })];

  const { rows, heldBack } = mergeInPlace(shown, newest);

  expect(rows.map(({ lock }) => [lock.key, lock.headline])).toEqual([
    ["a", "new"],
    ["b", "no write since it was taken"],
  ]);
  expect(rows[0]?.placed.headline).toBe("old");
  expect(heldBack).toEqual({ added: 0, gone: 0 });
});

test("a lock that is gone stays in its place, and a new one is only counted", () => {
  const { rows, heldBack } = mergeInPlace(
    [aLock({ key: "a" }), aLock({ key: "b" })],
    [aLock({ key: "b" }), aLock({ key: "c" })],
  );

  expect(rows.map(({ lock, isGone }) => [lock.key, isGone])).toEqual([
    ["a", true],
    ["b", false],
  ]);
  expect(heldBack).toEqual({ added: 1, gone: 1 });
});

test("what is held back is said in words", () => {
  expect(formatHeldBack({ added: 3, gone: 0 })).toBe("3 new");
  expect(formatHeldBack({ added: 2, gone: 1 })).toBe("2 new · 1 gone");
  expect(formatHeldBack({ added: 0, gone: 0 })).toBe("New order");
});

test("new keys and equal order are told by key alone", () => {
  const before = [aLock({ key: "a" })];

  expect([...findNewKeys(before, [aLock({ key: "a" }), aLock({ key: "b" })])]).toEqual(["b"]);
  expect(hasSameOrder(before, [aLock({ key: "a", fingerprint: "other" })])).toBe(true);
  expect(hasSameOrder(before, [])).toBe(false);
});
