import fc from "fast-check";
import { expect, test } from "vitest";
import { ageAt, formatIsoTime, hasClockSkew, isUsableTime, parseLockTime } from "./lock-time.ts";
import { NOW_MS } from "./testing/sighting-builder.ts";

test.each([
  ["2026-11-23T03:38:13.200871696Z", "2026-11-23T03:38:13.200Z"],
  ["2026-01-01T00:00:00.5Z", "2026-01-01T00:00:00.500Z"],
  ["2026-01-01T00:00:00Z", "2026-01-01T00:00:00.000Z"],
  ["2026-11-23T03:38:13+05:30", "2026-11-22T22:08:13.000Z"],
  ["2026-11-23T03:38:13-08:00", "2026-11-23T11:38:13.000Z"],
  ["2026-11-23T03:38:13-24:00", "2026-11-24T03:38:13.000Z"],
  ["2024-02-29T00:00:00Z", "2024-02-29T00:00:00.000Z"],
  ["0099-01-01T00:00:00Z", "0099-01-01T00:00:00.000Z"],
  ["9999-12-31T23:59:59.999999999Z", "9999-12-31T23:59:59.999Z"],
  ["2026-11-23T3:38:13Z", "2026-11-23T03:38:13.000Z"],
  ["2026-11-23T03:38:13,5Z", "2026-11-23T03:38:13.500Z"],
])("reads %s as Go does", (text, iso) => {
  expect(formatIsoTime(parseLockTime(text))).toBe(iso);
});

test.each([
  "",
  "2026-13-01T00:00:00Z",
  "2026-00-01T00:00:00Z",
  "2026-02-29T00:00:00Z",
  "2026-04-31T00:00:00Z",
  "2026-01-00T00:00:00Z",
  "2026-11-23T25:61",
  "2026-11-23T24:00:00Z",
  "2026-11-23T03:60:00Z",
  "2026-06-30T23:59:60Z",
  "2026-11-23T03:38:13",
  "2026-11-23T03:38:13.Z",
  "2026-11-23t03:38:13z",
  "2026-11-23 03:38:13Z",
  "2026-11-23",
  "+275760-09-13T00:00:00Z",
  "2026-11-23T03:38:13+25:00",
  "2026-11-23T03:38:13+01:61",
  "2026-11-23T03:38:13+0100",
  " 2026-11-23T03:38:13Z",
  "２０２６-11-23T03:38:13Z",
])("refuses %j as Go does", (text) => {
  expect(parseLockTime(text)).toBeNull();
});

test("reads back every time that JavaScript can write with four digits of year", () => {
  fc.assert(
    fc.property(fc.date({ min: new Date("0000-01-01"), max: new Date("9999-12-31"), noInvalidDate: true }), (date) => {
      expect(parseLockTime(date.toISOString())).toBe(date.getTime());
    }),
  );
});

test("counts no age from Go's zero time, nor from a year nobody can have meant", () => {
  expect(isUsableTime(parseLockTime("0001-01-01T00:00:00Z"), NOW_MS)).toBe(false);
  expect(formatIsoTime(parseLockTime("0001-01-01T00:00:00Z"))).toBeNull();
  expect(isUsableTime(parseLockTime("1900-01-01T00:00:00Z"), NOW_MS)).toBe(false);
  expect(isUsableTime(parseLockTime("2099-01-01T00:00:00Z"), NOW_MS)).toBe(false);
  expect(isUsableTime(null, NOW_MS)).toBe(false);
  expect(isUsableTime(NOW_MS - 1, NOW_MS)).toBe(true);
});

test("marks a clock that is more than a minute ahead of now or of the server's own date", () => {
  expect(hasClockSkew(NOW_MS + 60_000, null, NOW_MS)).toBe(false);
  expect(hasClockSkew(NOW_MS + 60_001, null, NOW_MS)).toBe(true);
  expect(hasClockSkew(NOW_MS - 1000, NOW_MS - 62_000, NOW_MS)).toBe(true);
  expect(hasClockSkew(NOW_MS - 62_000, NOW_MS - 1000, NOW_MS)).toBe(false);
  expect(hasClockSkew(null, NOW_MS, NOW_MS)).toBe(false);
});

test("no age is negative", () => {
  expect(ageAt(NOW_MS + 5000, NOW_MS)).toBe(0);
  expect(ageAt(NOW_MS - 5000, NOW_MS)).toBe(5000);
});
