import type { SourceView } from "#lib/domain/source-view.ts";
import { count } from "./freshness.ts";

type Costs = Pick<SourceView, "requestsPerDay" | "dollarsPerMonth" | "requestsPerDayMax">;

/** "about 1,440 requests a day, $0.22 a month; budget 2,000 a day", as far as it is known. */
export function formatCost({ requestsPerDay, dollarsPerMonth, requestsPerDayMax }: Costs): string | null {
  const budget = requestsPerDayMax === null ? null : `budget ${count(requestsPerDayMax)} a day`;
  if (requestsPerDay === null || dollarsPerMonth === null) return budget;
  const cost = `about ${count(roundTo3(requestsPerDay))} requests a day, ${formatDollars(dollarsPerMonth)} a month`;
  return budget === null ? cost : `${cost}; ${budget}`;
}

/** "$0.22", "$1,240"; what is less than a cent is said so. */
export function formatDollars(dollars: number): string {
  if (dollars > 0 && dollars < 0.01) return "less than $0.01";
  return dollars < 100 ? `$${dollars.toFixed(2)}` : `$${count(Math.round(dollars))}`;
}

/** An estimate has no more than three digits to tell. */
function roundTo3(value: number): number {
  return Number(value.toPrecision(3));
}
