import { expect, test } from "vitest";
import { isNextVersion, numberInEpoch } from "./lock-news.ts";

test.each([
  ["e.1", "e.2", true],
  ["e.1", "e.3", false],
  ["e.2", "e.2", false],
  ["e.2", "e.1", false],
  ["e.1", "f.2", false],
  ["", "e.1", false],
  ["", "", false],
  ["e.x", "e.2", false],
])("after %s comes %s: %s", (version, next, isNext) => {
  expect(isNextVersion(version, next)).toBe(isNext);
});

test("a version has a number only in its own epoch", () => {
  expect(numberInEpoch("e", "e.12")).toBe(12);
  expect(
    ["f.12", "12", "e.", "e.1.2", "e.-1", "", "e.9999999999999999"].map((text) => numberInEpoch("e", text)),
  ).toEqual(Array.from({ length: 7 }, () => null));
});
