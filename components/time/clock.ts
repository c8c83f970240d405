/** One timer for every age on the page, corrected to the server's clock: a laptop may be minutes off. */
const listeners = new Set<() => void>();
let offsetMs = 0;
let timer: ReturnType<typeof setInterval> | null = null;

export function readClockMs(): number {
  return Date.now() + offsetMs;
}

/** Takes the server's time as it is now; all ages follow. */
export function adjustClock(serverNowMs: number): void {
  offsetMs = serverNowMs - Date.now();
  for (const notify of listeners) notify();
}

export function subscribeClock(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    for (const notify of listeners) notify();
  }, 1000);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0 && timer !== null) {
      clearInterval(timer);
      timer = null;
    }
  };
}
