"use client";

import { formatDuration } from "#lib/domain/duration.ts";
import { formatExact } from "./age-text.ts";
import { useClockText } from "./clock-provider.tsx";

/** How long it is until then, ticking: "14 min", "12 s", at last "0 s"; the exact time on hover. */
export function TimeLeft({ iso }: { iso: string }) {
  const atMs = Date.parse(iso);
  const text = useClockText((nowMs) => formatDuration(Math.ceil((atMs - nowMs) / 1000) * 1000));
  return (
    <time dateTime={iso} title={formatExact(iso)}>
      {text}
    </time>
  );
}

/** Whether a time has come; false for one that is not known. */
export function useHasCome(iso: string | null): boolean {
  const atMs = iso === null ? Number.POSITIVE_INFINITY : Date.parse(iso);
  return useClockText((nowMs) => (nowMs >= atMs ? "yes" : "no")) === "yes";
}
