import { expect, test } from "vitest";
import { formatCost, formatDollars } from "./cost-text.ts";

test("requests and dollars are told as the estimates they are, with the budget where there is one", () => {
  const cost = { requestsPerDay: 272_832, dollarsPerMonth: 40.9, requestsPerDayMax: null };

  expect(formatCost(cost)).toBe("about 273,000 requests a day, $40.90 a month");
  expect(formatCost({ ...cost, requestsPerDayMax: 300_000 })).toMatch(/a month; budget 300,000 a day$/);
  expect(formatCost({ requestsPerDay: null, dollarsPerMonth: null, requestsPerDayMax: 5 })).toBe("budget 5 a day");
  expect(formatCost({ requestsPerDay: null, dollarsPerMonth: null, requestsPerDayMax: null })).toBeNull();
});

test("a cost is never rounded away", () => {
  expect([0, 0.004, 0.22, 99.999, 2_160.4].map(formatDollars)).toEqual([
    "$0.00",
    "less than $0.01",
    "$0.22",
    "$100.00",
    "$2,160",
  ]);
});
