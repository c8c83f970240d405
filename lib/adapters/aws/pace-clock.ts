import { setTimeout as sleep } from "node:timers/promises";

/** Time as whoever paces reads sees it; tests bring a clock that jumps. */
export type PaceClock = {
  /** Never jumps; only differences mean anything. */
  readonly monotonicMs: () => number;
  /** Waits; rejects with `StoppedError` when the wait is no longer wanted. */
  readonly pause: (ms: number) => Promise<void>;
};

/** Lockkeeper is ending, so a wait of minutes was cut short. */
export class StoppedError extends Error {
  constructor() {
    super("Stopped while waiting.");
    this.name = "StoppedError";
  }
}

/** The clock that paces reads; `closing` ends every wait, and lets none begin. */
export function createPaceClock(
  options: {
    monotonicMs?: (() => number) | undefined;
    pause?: ((ms: number) => Promise<void>) | undefined;
    closing?: AbortSignal | undefined;
  } = {},
): PaceClock {
  const { closing, monotonicMs = () => performance.now() } = options;
  const wait =
    options.pause ?? ((ms: number) => sleep(ms, undefined, closing === undefined ? {} : { signal: closing }));
  return {
    monotonicMs,
    async pause(ms) {
      if (closing?.aborted) throw new StoppedError();
      try {
        await wait(ms);
      } catch (thrown) {
        throw closing?.aborted ? new StoppedError() : thrown;
      }
      if (closing?.aborted) throw new StoppedError();
    },
  };
}
