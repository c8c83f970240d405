"use client";

import { createContext, type ReactNode, use, useEffect, useSyncExternalStore } from "react";
import { adjustClock, readClockMs, subscribeClock } from "./clock.ts";

const RenderedAt = createContext(0);

/** Gives server and browser the same time for the first render, then lets the clock run. */
export function ClockProvider({ renderedAtMs, children }: { renderedAtMs: number; children: ReactNode }) {
  useEffect(() => adjustClock(renderedAtMs), [renderedAtMs]);
  return <RenderedAt value={renderedAtMs}>{children}</RenderedAt>;
}

/** Text that depends on the time; its component renders again only when the text is another. */
export function useClockText(format: (nowMs: number) => string): string {
  const renderedAtMs = use(RenderedAt);
  return useSyncExternalStore(
    subscribeClock,
    () => format(readClockMs()),
    () => format(renderedAtMs),
  );
}
