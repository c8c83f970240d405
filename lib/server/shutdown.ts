import "server-only";
import type { Log } from "#lib/services/ports/context.ts";

/** An unlock takes this long at most; what takes longer is settled by the reconciler of the next process. */
const WORK_MS_MAX = 20_000;
const STEP_MS_MAX = 1_500;

/** What has to end, each step within the time it is given. */
export type ShutdownParts = {
  /** Lets nothing new begin, and resolves with how many unlocks and restores are left. */
  readonly drainWork: (limitMs: number) => Promise<number>;
  /** Takes no more jobs. */
  readonly stopJobs: (limitMs: number) => Promise<void>;
  readonly closeRequests: (limitMs: number) => Promise<void>;
  readonly closeDatabase: () => Promise<void>;
  readonly log: Log;
};

/** Ends the process's work in order, within 25 seconds whatever hangs. Never throws. */
export async function shutDown(parts: ShutdownParts): Promise<void> {
  const { log } = parts;
  const step = async (name: string, limitMs: number, run: () => Promise<unknown>): Promise<void> => {
    const late = Promise.withResolvers<void>();
    const timer = setTimeout(() => {
      log.warn({ step: name }, "did not end in time");
      late.resolve();
    }, limitMs);
    try {
      await Promise.race([run(), late.promise]);
    } catch (error) {
      log.warn({ step: name, cause: String(error) }, "did not end well");
    } finally {
      clearTimeout(timer);
    }
  };
  await Promise.all([
    step("unlocks", WORK_MS_MAX + STEP_MS_MAX, async () => {
      const left = await parts.drainWork(WORK_MS_MAX);
      if (left > 0) log.warn({ left }, "left unlocks to the next process, which settles them by reading");
    }),
    step("jobs", 2 * STEP_MS_MAX, () => parts.stopJobs(STEP_MS_MAX)),
  ]);
  // Whoever asked for what has just ended still gets the answer.
  await step("requests", STEP_MS_MAX, () => parts.closeRequests(STEP_MS_MAX / 2));
  await step("database", STEP_MS_MAX, parts.closeDatabase);
}

/** Ends the process in order when it is asked to, once however often it is asked. */
export function shutDownOnSignal(parts: ShutdownParts): void {
  let isEnding = false;
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    // Next's own listener ends the process when no request is open, and an unlock whose browser has gone is none.
    process.removeAllListeners(signal);
    process.on(signal, () => {
      if (isEnding) return;
      isEnding = true;
      parts.log.info({ signal }, "ending: nothing new begins");
      void shutDown(parts).then(() => {
        parts.log.info({}, "ended");
        process.exit(0);
      });
    });
  }
}
