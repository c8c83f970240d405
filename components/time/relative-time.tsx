"use client";

import { formatDuration } from "#lib/domain/duration.ts";
import { formatAgo, formatExact } from "./age-text.ts";
import { useClockText } from "./clock-provider.tsx";

/** "20 s ago", ticking, with the exact time on hover. */
export function RelativeTime({ iso }: { iso: string }) {
  const atMs = Date.parse(iso);
  const text = useClockText((nowMs) => (Number.isNaN(atMs) ? iso : formatAgo(nowMs - atMs)));
  return (
    <time dateTime={iso} title={formatExact(iso)}>
      {text}
    </time>
  );
}

/** An age that ticks, by the time it counts from. */
export function TickingAge({ since }: { since: string }) {
  const sinceMs = Date.parse(since);
  const text = useClockText((nowMs) => (Number.isNaN(sinceMs) ? since : formatDuration(nowMs - sinceMs)));
  return (
    <time dateTime={since} title={formatExact(since)}>
      {text}
    </time>
  );
}

/** An exact time, for records that are read long after; with milliseconds where steps follow each other fast. */
export function ExactTime({ iso, isPrecise = false }: { iso: string; isPrecise?: boolean }) {
  return (
    <time dateTime={iso} title={iso}>
      {formatExact(iso, { isPrecise })}
    </time>
  );
}
