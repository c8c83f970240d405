import { formatDuration } from "#lib/domain/duration.ts";

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;

/** How long ago something was: "just now", "20 s ago"; "in 5 min" where the clock of the lock is ahead of ours. */
export function formatAgo(elapsedMs: number): string {
  if (elapsedMs <= -MINUTE_MS) return `in ${formatDuration(-elapsedMs)}`;
  return elapsedMs < 5 * SECOND_MS ? "just now" : `${formatDuration(elapsedMs)} ago`;
}

/** A span as measured: "340 ms", "2.4 s", then as any duration. */
export function formatMeasured(durationMs: number): string {
  if (durationMs < SECOND_MS) return `${Math.round(durationMs)} ms`;
  return durationMs < MINUTE_MS ? `${(durationMs / SECOND_MS).toFixed(1)} s` : formatDuration(durationMs);
}

/**
 * The exact time in UTC, the same on server and browser: "2026-11-23 03:38:13 UTC", with milliseconds when precise. Text that is
 * no time comes back as it is.
 */
export function formatExact(iso: string, { isPrecise = false }: { readonly isPrecise?: boolean } = {}): string {
  const ms = Date.parse(iso);
  if (Number.isNaN(ms)) return iso;
  const [date, time] = new Date(ms).toISOString().split("T");
  return `${date} ${time?.slice(0, isPrecise ? 12 : 8)} UTC`;
}
