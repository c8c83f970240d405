import { expect, test } from "vitest";
import { formatAgo, formatExact, formatMeasured } from "./age-text.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;

test("a time ahead of our clock says so once it cannot be rounding", () => {
  expect(formatAgo(-2000)).toBe("just now");
  expect(formatAgo(-5 * MINUTE)).toBe("in 5 min");
  expect(formatAgo(20 * SECOND)).toBe("20 s ago");
});

test("a measured span keeps its precision", () => {
  expect([340, 2400, 65_000].map(formatMeasured)).toEqual(["340 ms", "2.4 s", "1 min"]);
});

test("an exact time does not depend on the place it is formatted in", () => {
  expect(formatExact("2026-11-23T03:38:13.200Z")).toBe("2026-11-23 03:38:13 UTC");
  expect(formatExact("2026-11-23T05:38:13+02:00")).toBe("2026-11-23 03:38:13 UTC");
  expect(formatExact("2026-11-23T03:38:13.2Z", { isPrecise: true })).toBe("2026-11-23 03:38:13.200 UTC");
  expect(formatExact("soon")).toBe("soon");
});
