import { monitorEventLoopDelay } from "node:perf_hooks";

const RESOLUTION_MS = 20;
const WINDOW_MS = 1_000;
const NS_IN_MS = 1e6;

/** How late the event loop of this thread is, while somebody watches. */
export type LagMeter = {
  /** Begins to measure, or goes on; the function returned ends this watch. */
  readonly watch: () => () => void;
  /** The 99th percentile of about the last second. */
  readonly lagMs: () => number;
};

export function createLagMeter(windowMs = WINDOW_MS): LagMeter {
  const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  let watchers = 0;
  let lagMs = 0;
  let readAtMs = 0;

  return {
    watch() {
      if (watchers === 0) {
        delays.reset();
        delays.enable();
        lagMs = 0;
        readAtMs = performance.now();
      }
      watchers += 1;
      return () => {
        watchers -= 1;
        if (watchers === 0) delays.disable();
      };
    },
    lagMs() {
      const nowMs = performance.now();
      if (nowMs - readAtMs < windowMs) return lagMs;
      // What is recorded is the time between two looks, which is never less than the time asked for.
      lagMs = delays.count === 0 ? 0 : Math.max(0, delays.percentile(99) / NS_IN_MS - RESOLUTION_MS);
      delays.reset();
      readAtMs = nowMs;
      return lagMs;
    },
  };
}
