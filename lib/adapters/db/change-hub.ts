import type { Log } from "#lib/services/ports/context.ts";
import type { ChangeFeed } from "#lib/services/ports/scanning.ts";

/** Many sweeps may end at once: readers are called back at most this often. */
const APART_MS = 50;

/** Calls back the readers in this process: soon after the first `tell`, and once for all that come soon after. */
export type ChangeHub = ChangeFeed & { readonly tell: () => void };

export function createChangeHub(log: Log): ChangeHub {
  const readers = new Set<() => void>();
  let calledAtMs = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | null = null;

  const callAll = () => {
    timer = null;
    calledAtMs = performance.now();
    for (const reader of [...readers]) {
      try {
        reader();
      } catch (error) {
        log.error({ cause: String(error) }, "a reader of changes failed");
      }
    }
  };

  return {
    subscribe: (onChange) => {
      // A function of its own, so that one who subscribes twice is two.
      const reader = () => onChange();
      readers.add(reader);
      return () => {
        readers.delete(reader);
      };
    },
    tell: () => {
      if (timer !== null) return;
      timer = setTimeout(callAll, Math.max(0, calledAtMs + APART_MS - performance.now()));
      timer.unref();
    },
  };
}
