import "server-only";
import type { Log } from "#lib/services/ports/context.ts";
import type { ClaimedLook, LookJob, ScanQueue } from "./scan-queue.ts";

/** Few at a time, so that replicas which start together share the sources. */
const CLAIMED_AT_ONCE = 8;
/** Looks at once in one process, but for those that take long: what hangs must not hold up the others. */
const LOOKS_AT_ONCE = 32;
const LONG_MS = 10_000;
/** What could not be stored, or failed in a way that it should not. */
const FAILED_AGAIN_MS = 30_000;

export type ScanWorker = {
  /** Claims nothing more, gives what runs `limitMs` to end, and gives the rest back. Never throws. */
  readonly stop: (limitMs: number) => Promise<void>;
};

/** Claims looks as they become due, carries them out beside each other, and plans the next one from what each says. */
export function startScanWorker(options: {
  readonly queue: ScanQueue;
  /** Null when this process does not know the source. */
  readonly look: (job: LookJob) => Promise<{ readonly nextInMs: number } | null>;
  readonly pollMs: number;
  readonly keepMs: number;
  /** What runs for longer leaves its room to another. */
  readonly longMs?: number;
  readonly log: Log;
}): ScanWorker {
  const { queue, look, pollMs, keepMs, longMs = LONG_MS, log } = options;
  const running = new Map<ClaimedLook, { readonly sinceMs: number; readonly done: Promise<void> }>();
  let isStopping = false;
  let wake = () => {};

  const attempt = async (what: string, work: () => Promise<void>) => {
    try {
      await work();
    } catch (error) {
      log.warn({ cause: String(error) }, what);
    }
  };
  const carryOut = async (claimed: ClaimedLook) => {
    const { sourceId } = claimed.data;
    const next = await look(claimed.data).catch((error: unknown) => {
      log.error({ sourceId, cause: String(error) }, "a look at a source could not be stored");
      return { nextInMs: FAILED_AGAIN_MS };
    });
    if (!running.has(claimed)) return;
    await attempt("a look could not be planned; the watch over the schedule does it", async () => {
      await queue.finish(claimed);
      if (next !== null) await queue.plan([{ sourceId, isFirst: false, inMs: next.nextInMs }]);
    });
    running.delete(claimed);
    wake();
  };
  const begin = (claimed: ClaimedLook) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    running.set(claimed, { sinceMs: performance.now(), done: promise });
    void carryOut(claimed).finally(resolve);
  };
  const countFree = () => {
    const nowMs = performance.now();
    const fresh = [...running.values()].filter(({ sinceMs }) => nowMs - sinceMs < longMs);
    return Math.min(CLAIMED_AT_ONCE, LOOKS_AT_ONCE - fresh.length);
  };
  const claimAll = async () => {
    for (let free = countFree(); free > 0 && !isStopping; free = countFree()) {
      const claimed = await queue.claim(free);
      if (isStopping) return queue.giveBack(claimed);
      for (const one of claimed) begin(one);
      if (claimed.length < free) return;
    }
  };
  const wait = () =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, pollMs);
      // Only what waits for room is claimed sooner than at the next poll.
      wake = () => {
        if (!isStopping && countFree() > 1) return;
        clearTimeout(timer);
        resolve();
      };
    });
  const loop = async () => {
    while (!isStopping) {
      await attempt("no look could be claimed", claimAll);
      if (!isStopping) await wait();
    }
  };
  const keeper = setInterval(() => {
    void attempt("running looks could not be kept", () => queue.keep([...running.keys()]));
  }, keepMs);
  const looping = loop();
  return {
    async stop(limitMs) {
      isStopping = true;
      wake();
      const late = Promise.withResolvers<void>();
      const timer = setTimeout(late.resolve, limitMs);
      const all = looping.then(() => Promise.all([...running.values()].map(({ done }) => done)));
      await Promise.race([all, late.promise]);
      clearTimeout(timer);
      clearInterval(keeper);
      const left = [...running.keys()];
      running.clear();
      await attempt("running looks could not be given back", () => queue.giveBack(left));
    },
  };
}
