import { monitorEventLoopDelay } from "node:perf_hooks";

/** What one run cost. `lagMs` is how late this thread's event loop was, at the 99th percentile. */
export type Cost = { wallMs: number; cpuMs: number; lagMs: number };

const LOOK_EVERY_MS = 2;

/** Runs `task` alone and measures it. Rubbish of the run before it is collected first, where Node lets us. */
export async function measure<T>(task: () => Promise<T>): Promise<Cost & { result: T }> {
  globalThis.gc?.();
  const delays = monitorEventLoopDelay({ resolution: LOOK_EVERY_MS });
  delays.enable();
  const cpu = process.cpuUsage();
  const startedMs = performance.now();
  const result = await task();
  const wallMs = performance.now() - startedMs;
  const { user, system } = process.cpuUsage(cpu);
  delays.disable();
  // What is recorded is the time between two looks.
  const lagMs = Math.max(0, delays.percentile(99) / 1e6 - LOOK_EVERY_MS);
  return { wallMs, cpuMs: (user + system) / 1000, lagMs, result };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >>> 1;
  const [low = 0, high = 0] =
    sorted.length % 2 === 1 ? [sorted[middle], sorted[middle]] : [sorted[middle - 1], sorted[middle]];
  return (low + high) / 2;
}

/** Writes rows as a table of Markdown. */
export function formatTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
