import "server-only";
import { setTimeout as pause } from "node:timers/promises";
import type { Leadership, Log } from "#lib/services/ports/context.ts";
import type { AskedMemory } from "#lib/services/sources/refresh-known-locks.ts";

const EVERY_MS = 5_000;

/**
 * While somebody looks at a page of this process, asks for known locks again every few seconds; of several such processes one
 * does it for all.
 */
export function startHotSet(options: {
  /** Asks for the known locks that are due. */
  readonly ask: (asked: AskedMemory) => Promise<unknown>;
  readonly leadership: Leadership;
  readonly log: Pick<Log, "warn">;
  readonly countViewers: () => number;
  readonly everyMs?: number;
}): { readonly stop: () => void } {
  const { ask, leadership, log, countViewers, everyMs = EVERY_MS } = options;
  const ended = new AbortController();
  const isWanted = () => !ended.signal.aborted && countViewers() > 0;
  const askWhileWanted = async () => {
    const asked: AskedMemory = new Map();
    while (isWanted()) {
      await ask(asked);
      await pause(everyMs, undefined, { signal: ended.signal });
    }
  };
  let isBusy = false;
  const timer = setInterval(async () => {
    if (isBusy || !isWanted()) return;
    isBusy = true;
    try {
      await leadership.lead("ask for known locks", askWhileWanted);
    } catch (error) {
      if (!ended.signal.aborted) log.warn({ cause: String(error) }, "known locks could not be asked for again");
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
