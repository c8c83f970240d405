import "server-only";
import { setTimeout as pause } from "node:timers/promises";
import type { Context } from "#lib/services/ports.ts";
import { refreshKnownLocks } from "#lib/services/sources/refresh-known-locks.ts";

const EVERY_MS = 5_000;

/**
 * While somebody looks at a page of this process, asks for known locks again every few seconds; of several such processes one
 * does it for all.
 */
export function startHotSet(options: {
  readonly newContext: () => Context;
  readonly countViewers: () => number;
  readonly everyMs?: number;
}): { readonly stop: () => void } {
  const { newContext, countViewers, everyMs = EVERY_MS } = options;
  const ended = new AbortController();
  const isWanted = () => !ended.signal.aborted && countViewers() > 0;
  const askWhileWanted = async () => {
    const asked = new Map<string, number>();
    while (isWanted()) {
      await refreshKnownLocks(newContext(), asked);
      await pause(everyMs, undefined, { signal: ended.signal });
    }
  };
  let isBusy = false;
  const timer = setInterval(async () => {
    if (isBusy || !isWanted()) return;
    isBusy = true;
    const ctx = newContext();
    try {
      await ctx.leadership.lead("ask for known locks", askWhileWanted);
    } catch (error) {
      if (!ended.signal.aborted) ctx.log.warn({ cause: String(error) }, "known locks could not be asked for again");
    } finally {
      isBusy = false;
    }
  }, everyMs);
  return {
    stop: () => {
      clearInterval(timer);
      ended.abort();
    },
  };
}
