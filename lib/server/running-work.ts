import "server-only";
import { setTimeout as pause } from "node:timers/promises";
import { AppError } from "#lib/services/errors.ts";

/** Unlocks and restores that this process has begun and not ended. */
type RunningWork = { isDraining: boolean; readonly running: Set<Promise<unknown>> };

// Route handlers and instrumentation are bundled apart; only globalThis is common to them.
const globals: typeof globalThis & { lockkeeperRunningWork?: RunningWork } = globalThis;

function work(): RunningWork {
  globals.lockkeeperRunningWork ??= { isDraining: false, running: new Set() };
  return globals.lockkeeperRunningWork;
}

/** Whether this process is about to end, and begins nothing new. */
export function isDraining(): boolean {
  return work().isDraining;
}

/** Runs what this process must not leave half done when it ends. Throws AppError `unavailable` once it is about to end. */
export async function runToEnd<T>(run: () => Promise<T>): Promise<T> {
  const { isDraining: isEnding, running } = work();
  if (isEnding) {
    throw new AppError("This server is being replaced, so it begins nothing new. Nothing was deleted or written.", {
      code: "unavailable",
      hint: "Try again in a moment.",
    });
  }
  const promise = run();
  running.add(promise);
  try {
    return await promise;
  } finally {
    running.delete(promise);
  }
}

/** Lets nothing new begin, and resolves when all has ended, or with how many have not after `limitMs`. */
export async function drainWork(limitMs: number): Promise<number> {
  const { running } = work();
  work().isDraining = true;
  const waited = new AbortController();
  const limit = pause(limitMs, undefined, { signal: waited.signal }).catch(() => undefined);
  await Promise.race([Promise.allSettled(running), limit]);
  waited.abort();
  return running.size;
}
