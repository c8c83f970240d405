import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import type { ScanTimes } from "#lib/server/scan-schedule.ts";

const SCRIPT = "lib/server/testing/scan-child.ts";
const running = new Set<ChildProcess>();

/** What another process is to do: look at these buckets, each as often as is said. */
export type ScanOrder = {
  readonly url: string;
  readonly dataDir: string;
  readonly endpoint: string;
  readonly buckets: readonly string[];
  readonly everyMs: number;
  readonly times: Partial<ScanTimes>;
};

export type ScanProcess = {
  /** How many sweeps of each bucket it has stored. */
  readonly swept: ReadonlyMap<string, number>;
  readonly kill: () => Promise<void>;
  /** As on SIGTERM; resolves with how long it took. */
  readonly end: () => Promise<number>;
};

/** Starts a process with the schedule of the product, over the given store and sandbox. */
export async function startScanProcess(order: ScanOrder): Promise<ScanProcess> {
  const child = fork(SCRIPT, {
    execArgv: ["--conditions=react-server"],
    env: { ...process.env, NODE_OPTIONS: "", LOG_LEVEL: "silent" },
  });
  running.add(child);
  const exited = once(child, "exit").then(() => running.delete(child));
  const swept = new Map<string, number>();
  const started = Promise.withResolvers<void>();
  child.on("message", (message: { kind: "started" } | { kind: "swept"; bucket: string }) => {
    if (message.kind === "started") started.resolve();
    else swept.set(message.bucket, (swept.get(message.bucket) ?? 0) + 1);
  });
  child.send(order);
  await Promise.race([
    started.promise,
    exited.then(() => {
      throw new Error("the process ended before it began");
    }),
  ]);
  return {
    swept,
    async kill() {
      child.kill("SIGKILL");
      await exited;
    },
    async end() {
      const startedMs = performance.now();
      child.kill("SIGTERM");
      await exited;
      return performance.now() - startedMs;
    },
  };
}

/** Ends whatever a failed test left behind. */
export function killScanProcesses(): void {
  for (const child of running) child.kill("SIGKILL");
}
