/** What Terraform's decoder (Go's `time.Time`) accepts: its layout lets a one-digit hour and a decimal comma pass. */
const GO_TIME = /^(\d{4})-(\d\d)-(\d\d)T(\d{1,2}):(\d\d):(\d\d)(?:[.,](\d+))?(?:Z|([+-])(\d\d):(\d\d))$/;

/** `0001-01-01T00:00:00Z`, what Go writes when nobody set the time. */
const GO_ZERO_TIME_MS = -62_135_596_800_000;

/** Terraform's first release was in July 2014: an older lock has a wrong date. */
const USABLE_FROM_MS = Date.UTC(2014, 0, 1);
const USABLE_AHEAD_MS_MAX = 24 * 60 * 60 * 1000;

const CLOCK_SKEW_MS_MIN = 60 * 1000;

/** Reads the `Created` of a lock as Go does, to the millisecond; null for everything Go refuses. */
export function parseLockTime(text: string): number | null {
  const match = GO_TIME.exec(text);
  if (match === null) return null;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as Six;
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return null;
  if (hour > 23 || minute > 59 || second > 59) return null;
  // Go tolerates offsets of 24 hours and of 60 minutes on purpose.
  const offsetHours = Number(match[9] ?? 0);
  const offsetMinutes = Number(match[10] ?? 0);
  if (offsetHours > 24 || offsetMinutes > 60) return null;

  const milliseconds = Number((match[7] ?? "").slice(0, 3).padEnd(3, "0"));
  // Date.UTC reads the years 0 to 99 as 1900 to 1999.
  const utcMs = new Date(0).setUTCFullYear(year, month - 1, day) + ((hour * 60 + minute) * 60 + second) * 1000;
  const offsetMs = (offsetHours * 60 + offsetMinutes) * 60_000 * (match[8] === "-" ? -1 : 1);
  return utcMs + milliseconds - offsetMs;
}

/** Exactly the six groups that every match of GO_TIME has. */
type Six = [number, number, number, number, number, number];

function daysIn(year: number, month: number): number {
  return new Date(new Date(0).setUTCFullYear(year, month, 0)).getUTCDate();
}

/** ISO 8601 in UTC; null for no time and for Go's zero time. */
export function formatIsoTime(timeMs: number | null): string | null {
  if (timeMs === null || timeMs === GO_ZERO_TIME_MS || !Number.isFinite(timeMs)) return null;
  return new Date(timeMs).toISOString();
}

/** Whether an age may be counted from a client's time: not the zero time, not a year nobody can have meant. */
export function isUsableTime(timeMs: number | null, nowMs: number): timeMs is number {
  return timeMs !== null && timeMs >= USABLE_FROM_MS && timeMs <= nowMs + USABLE_AHEAD_MS_MAX;
}

/** The client's clock is ahead: `Created` lies in the future, or after the moment the server stored the lock. */
export function hasClockSkew(createdMs: number | null, acquiredMs: number | null, nowMs: number): boolean {
  if (createdMs === null) return false;
  const latestMs = acquiredMs === null ? nowMs : Math.min(nowMs, acquiredMs);
  return createdMs - latestMs > CLOCK_SKEW_MS_MIN;
}

/** Never negative, whatever the clocks say. */
export function ageAt(sinceMs: number, nowMs: number): number {
  return Math.max(0, nowMs - sinceMs);
}
