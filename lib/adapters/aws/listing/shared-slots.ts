/** One listing's place in the queue for requests. */
export type Lane = { readonly acquire: () => Promise<() => void> };

/** Requests that all listings together may have in flight. */
export type SharedSlots = { readonly openLane: () => Lane };

/**
 * Shares `size` slots among lanes. Each free slot goes to the next lane in turn that waits for one, so that a big bucket's
 * many requests delay a small one's by one turn, and not by its whole queue.
 */
export function createSharedSlots(size: number): SharedSlots {
  const turns: (() => void)[][] = [];
  let free = size;

  function release(): void {
    const waiting = turns.shift();
    const next = waiting?.shift();
    if (waiting === undefined || next === undefined) {
      free += 1;
      return;
    }
    if (waiting.length > 0) turns.push(waiting);
    next();
  }

  return {
    openLane() {
      const waiting: (() => void)[] = [];
      return {
        async acquire() {
          if (free > 0) free -= 1;
          else {
            await new Promise<void>((resolve) => {
              waiting.push(resolve);
              if (waiting.length === 1) turns.push(waiting);
            });
          }
          let isHeld = true;
          return () => {
            if (isHeld) release();
            isHeld = false;
          };
        },
      };
    },
  };
}
