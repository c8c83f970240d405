const UNIT_MS = new Map([
  ["s", 1000],
  ["m", 60_000],
  ["h", 3_600_000],
  ["d", 86_400_000],
]);

/** Reads `90s`, `15m`, `2h`, `3d`; a bare integer is milliseconds. Null for anything else. */
export function parseDuration(text: string): number | null {
  const match = /^(\d{1,13})([smhd])?$/.exec(text.trim());
  if (match === null) return null;
  const durationMs = Number(match[1]) * (UNIT_MS.get(match[2] ?? "") ?? 1);
  return Number.isSafeInteger(durationMs) ? durationMs : null;
}

/** Two units at most: `45 s`, `12 min`, `3 h 12 min`, `2 d 4 h`. */
export function formatDuration(durationMs: number): string {
  const seconds = Math.max(0, Math.floor(durationMs / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return join(hours, "h", minutes % 60, "min");
  return join(Math.floor(hours / 24), "d", hours % 24, "h");
}

function join(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}

/** One unit: `45 s`, `12 min`, `3 h`, `2 d`; for places that are not rewritten every minute. */
export function formatRoughDuration(durationMs: number): string {
  return /^\d+ \w+/.exec(formatDuration(durationMs))?.[0] ?? "";
}
