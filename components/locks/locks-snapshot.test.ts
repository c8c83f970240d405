import { expect, test } from "vitest";
import { aRow } from "#components/testing/a-lock.ts";
import { findNewKeys, formatHeldBack, hasSameOrder, mergeInPlace } from "./locks-snapshot.ts";

test("rows keep their places and take the newest facts", () => {
  const shown = [aRow({ key: "a", headline: "old" }), aRow({ key: "b" })];
  const newest = [aRow({ key: "b" }), aRow({ key: "a", headline: "new" })];

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
    [aRow({ key: "a" }), aRow({ key: "b" })],
    [aRow({ key: "b" }), aRow({ key: "c" })],
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
  const before = [aRow({ key: "a" })];

  expect([...findNewKeys(before, [aRow({ key: "a" }), aRow({ key: "b" })])]).toEqual(["b"]);
  expect(hasSameOrder(before, [aRow({ key: "a", fingerprint: "other" })])).toBe(true);
  expect(hasSameOrder(before, [])).toBe(false);
});
