/** What one run cost. */
export type Cost = { wallMs: number; cpuMs: number };

/** Runs `task` alone and measures it. Rubbish of the run before it is collected first, where Node lets us. */
export async function measure<T>(task: () => Promise<T>): Promise<Cost & { result: T }> {
  globalThis.gc?.();
  const cpu = process.cpuUsage();
  const startedMs = performance.now();
  const result = await task();
  const wallMs = performance.now() - startedMs;
  const { user, system } = process.cpuUsage(cpu);
  return { wallMs, cpuMs: (user + system) / 1000, result };
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
