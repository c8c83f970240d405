import { expect, test } from "vitest";
import { formatDuration, formatRoughDuration, parseDuration } from "./duration.ts";

test.each([
  ["90s", 90_000],
  ["15m", 900_000],
  ["2h", 7_200_000],
  ["3d", 259_200_000],
  ["1500", 1500],
  [" 5m ", 300_000],
  ["0", 0],
])("reads %j", (text, durationMs) => {
  expect(parseDuration(text)).toBe(durationMs);
});

test.each(["", "m", "1.5h", "-1m", "5 m", "5w", "1e3", "5M", "9999999999999d", "99999999999999"])(
  "refuses %j",
  (text) => {
    expect(parseDuration(text)).toBeNull();
  },
);

test.each([
  [0, "0 s"],
  [999, "0 s"],
  [-5, "0 s"],
  [45_000, "45 s"],
  [59_999, "59 s"],
  [720_000, "12 min"],
  [3_600_000, "1 h"],
  [11_520_000, "3 h 12 min"],
  [187_200_000, "2 d 4 h"],
  [172_800_000, "2 d"],
  [400 * 86_400_000, "400 d"],
])("writes %d ms as %s", (durationMs, text) => {
  expect(formatDuration(durationMs)).toBe(text);
});

test.each([
  [45_000, "45 s"],
  [12 * 60_000, "12 min"],
  [192 * 60_000, "3 h"],
  [52 * 3_600_000, "2 d"],
])("%d ms are roughly %s", (durationMs, text) => {
  expect(formatRoughDuration(durationMs)).toBe(text);
});
