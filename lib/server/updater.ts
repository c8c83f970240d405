import { setTimeout as pause } from "node:timers/promises";

export type Updater = {
  /** Asks for an update that begins after this call; resolves when it has ended, well or not. */
  readonly request: () => Promise<void>;
  /** Resolves when what was asked for before has ended; at once when there is nothing. */
  readonly pending: () => Promise<void>;
  /** No update begins any more. */
  readonly stop: () => void;
};

/** A long list costs a look that much; then looks are fewer, so that whoever else asks finds the event loop free. */
const REST_FACTOR = 30;
const REST_MS_MAX = 1000;

type Options = {
  /** The least time from one update's end to the next one's begin. */
  readonly everyMs: number;
  readonly update: () => Promise<void>;
  /** Told of each update's end, with what it threw. */
  readonly onSettled: (error: unknown) => void;
};

/** Runs one update at a time; whoever asks while one runs or waits shares the next. */
export function createUpdater({ everyMs, update, onSettled }: Options): Updater {
  const stopped = new AbortController();
  let next: PromiseWithResolvers<void> | null = null;
  let running: Promise<void> | null = null;
  let isPumping = false;

  const run = async (): Promise<void> => {
    try {
      await update();
      onSettled(null);
    } catch (error) {
      if (!stopped.signal.aborted) onSettled(error);
    }
  };
  const pump = async (): Promise<void> => {
    isPumping = true;
    while (next !== null && !stopped.signal.aborted) {
      const { resolve } = next;
      next = null;
      const startedMs = performance.now();
      running = run();
      await running;
      running = null;
      resolve();
      const restMs = Math.min(REST_MS_MAX, REST_FACTOR * (performance.now() - startedMs));
      await pause(Math.max(everyMs, restMs), undefined, { signal: stopped.signal, ref: false }).catch(() => undefined);
    }
    isPumping = false;
  };

  return {
    request: () => {
      if (stopped.signal.aborted) return Promise.resolve();
      next ??= Promise.withResolvers<void>();
      const { promise } = next;
      if (!isPumping) void pump();
      return promise;
    },
    pending: () => next?.promise ?? running ?? Promise.resolve(),
    stop: () => {
      stopped.abort();
      next?.resolve();
      next = null;
    },
  };
}
