import type { Figures } from "./listing.ts";
import { formatTable } from "./measure.ts";

/** A figure that must not be above its bar. */
export type Bar = { name: string; value: number; most: number; unit: string };

/** The bars for the scenarios that were run. */
export function checkBars(figures: readonly Figures[]): Bar[] {
  const find = (scenario: string, contender: string) =>
    figures.find((run) => run.scenario === scenario && run.contender === contender);
  const bars: Bar[] = [];
  const add = (name: string, most: number, value: number | undefined, unit = "×") => {
    if (value !== undefined) bars.push({ name, value, most, unit });
  };
  const wall = (run: Figures | undefined) => run && run.wallMs / run.boundMs;
  const requests = (run: Figures | undefined) => run && run.requests / run.pages;

  const small = "200k keys, 80 ms";
  const warm = find(small, "product warm");
  const cold = find(small, "product cold");
  const sequential = find(small, "SDK sequential");
  add("warm 200k at 80 ms: wall ÷ bound", 1.4, wall(warm));
  add("warm 200k at 80 ms: wall ÷ SDK sequential", 1 / 25, warm && sequential && warm.wallMs / sequential.wallMs);
  add("warm 200k at 80 ms: requests ÷ least", 1.08, requests(warm));
  add("warm 200k at 80 ms: CPU a page", 3, warm && warm.cpuMs / warm.pages, "ms");
  add("warm 200k at 80 ms: lag of the thread that serves, p99", 20, warm?.lagMs, "ms");
  add("cold 200k at 80 ms: requests ÷ least", 3, requests(cold));
  add("cold 200k at 80 ms: wall ÷ bound", 4, wall(cold));
  add("warm 1M at 30 ms: wall ÷ bound", 2, wall(find("1M keys, 30 ms", "product warm")));
  add("1,000 keys: requests", 1, find("1,000 keys, 30 ms", "product cold")?.requests, "");
  return bars;
}

export function formatBars(bars: readonly Bar[]): string {
  const rows = bars.map(({ name, value, most, unit }) => [
    name,
    `${value.toFixed(3)} ${unit}`.trim(),
    `${most} ${unit}`.trim(),
    value <= most ? "yes" : "NO",
  ]);
  return formatTable(["bar", "measured", "most", "met"], rows);
}
