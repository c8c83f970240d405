import type { ChangeFeed } from "#lib/services/ports/scanning.ts";

export type StoreWatch = {
  /** Begins to watch, or goes on; true when it did not watch before, so that anything may have changed. */
  readonly begin: () => boolean;
  readonly end: () => void;
};

type Options = {
  readonly changes: ChangeFeed;
  readonly monotonicMs: () => number;
  /** Ends by itself when nobody has begun or wanted it for so long. */
  readonly lingerMs: number;
  readonly isWanted: () => boolean;
  readonly onChange: () => void;
  readonly every: readonly { readonly ms: number; readonly run: () => void }[];
};

/** Listens for changes and runs timers while somebody wants it, and not a moment longer than `lingerMs` after. */
export function createStoreWatch({ changes, monotonicMs, lingerMs, isWanted, onChange, every }: Options): StoreWatch {
  let stop: (() => void) | null = null;
  let wantedAtMs = 0;

  const end = () => {
    stop?.();
    stop = null;
  };
  const endIfUnwanted = () => {
    if (isWanted()) wantedAtMs = monotonicMs();
    else if (monotonicMs() - wantedAtMs >= lingerMs) end();
  };
  return {
    begin: () => {
      wantedAtMs = monotonicMs();
      if (stop !== null) return false;
      const unsubscribe = changes.subscribe(onChange);
      const timers = [...every, { ms: lingerMs / 2, run: endIfUnwanted }].map(({ ms, run }) => {
        const timer = setInterval(run, ms);
        timer.unref();
        return timer;
      });
      stop = () => {
        unsubscribe();
        for (const timer of timers) clearInterval(timer);
      };
      return true;
    },
    end,
  };
}
