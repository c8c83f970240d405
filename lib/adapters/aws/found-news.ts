import type { ObservedHalf } from "#lib/domain/half.ts";

/** Found halves within this time are told together, so that a flood of them is no flood of calls. */
const TOGETHER_MS = 200;

/** Tells of found halves while a sweep runs: the first at once, then those of a while together, each place once. */
export type FoundNews = {
  readonly add: (half: ObservedHalf) => void;
  /** Tells what is left, and then nothing more. */
  readonly close: () => void;
};

export function createFoundNews(onFound: ((halves: readonly ObservedHalf[]) => void) | undefined): FoundNews {
  const told = new Set<string>();
  let waiting: ObservedHalf[] = [];
  let timer: NodeJS.Timeout | null = null;
  let toldAtMs = Number.NEGATIVE_INFINITY;

  function tell(): void {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    toldAtMs = performance.now();
    const halves = waiting;
    waiting = [];
    if (halves.length > 0) onFound?.(halves);
  }

  return {
    add(half) {
      if (onFound === undefined || told.has(half.location)) return;
      told.add(half.location);
      waiting.push(half);
      timer ??= setTimeout(tell, Math.max(0, toldAtMs + TOGETHER_MS - performance.now()));
    },
    close: tell,
  };
}
