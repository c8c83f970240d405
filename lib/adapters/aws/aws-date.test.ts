import { expect, test } from "vitest";
import { readAwsDate } from "./aws-date.ts";

test("an answer's date is read to the second", () => {
  expect(readAwsDate({ date: "Tue, 24 Nov 2026 12:00:01 GMT" })).toBe(Date.UTC(2026, 10, 24, 12, 0, 1));
});

test.each([
  [undefined],
  [""],
  ["2026"],
  ["2026-11-24T12:00:01Z"],
  ["Tue, 24 Nov 2026 12:00:01"],
  ["Tue, 24 Nov 2026 25:61:01 GMT"],
  ["Tue, 24 Foo 2026 12:00:01 GMT"],
  ["Tuesday, 24-Nov-26 12:00:01 GMT"],
  [["Tue, 24 Nov 2026 12:00:01 GMT"]],
])("%j is no date of AWS", (date) => {
  expect(readAwsDate({ date })).toBeNull();
});

test("what a cache has kept is not dated now", () => {
  expect(readAwsDate({ date: "Tue, 24 Nov 2026 12:00:01 GMT", age: "0" })).toBeNull();
});
