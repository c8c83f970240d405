import { expect, test } from "vitest";
import { moveActiveRow, parseRowMove, type RowMove } from "./row-keys.ts";

const KEYS = ["a", "b", "c", "d", "e"];

test.each<[RowMove, string | null, string]>([
  ["next", null, "a"],
  ["previous", null, "e"],
  ["next", "a", "b"],
  ["next", "e", "e"],
  ["previous", "a", "a"],
  ["first", "d", "a"],
  ["last", "a", "e"],
  ["page-down", "a", "d"],
  ["page-down", "d", "e"],
  ["page-up", "e", "b"],
  ["page-up", "b", "a"],
])("%s from %s goes to %s", (move, from, to) => {
  expect(moveActiveRow(KEYS, from, move, 3)).toBe(to);
});

test("a row that is gone is left as if there had been none", () => {
  expect(moveActiveRow(KEYS, "gone", "next", 3)).toBe("a");
});

test("an empty list has no row to go to", () => {
  expect(moveActiveRow([], null, "next", 3)).toBeNull();
});

test("letters and arrows mean the same move, other keys none", () => {
  expect([parseRowMove("j"), parseRowMove("ArrowDown")]).toEqual(["next", "next"]);
  expect([parseRowMove("k"), parseRowMove("ArrowUp")]).toEqual(["previous", "previous"]);
  expect([parseRowMove("q"), parseRowMove("constructor")]).toEqual([null, null]);
});
