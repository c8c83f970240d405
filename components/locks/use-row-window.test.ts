import { expect, test } from "vitest";
import { listIndexes } from "./use-row-window.ts";

test("the rows of the window are drawn, and no row that is not there", () => {
  expect(listIndexes({ start: 2, end: 5 }, 10, -1)).toEqual([2, 3, 4]);
  expect(listIndexes({ start: 0, end: 30 }, 3, -1)).toEqual([0, 1, 2]);
  expect(listIndexes({ start: 8, end: 12 }, 3, -1)).toEqual([]);
  expect(listIndexes({ start: 0, end: 30 }, 0, 0)).toEqual([]);
});

test("the active row is drawn wherever it is, once and at its place", () => {
  expect(listIndexes({ start: 4, end: 6 }, 10, 1)).toEqual([1, 4, 5]);
  expect(listIndexes({ start: 4, end: 6 }, 10, 5)).toEqual([4, 5]);
  expect(listIndexes({ start: 4, end: 6 }, 10, 9)).toEqual([4, 5, 9]);
  expect(listIndexes({ start: 4, end: 6 }, 10, 10)).toEqual([4, 5]);
});
