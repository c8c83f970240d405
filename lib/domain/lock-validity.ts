import type { LockFacts } from "./lock-facts.ts";

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/**
 * When what a lock says (all but its age in milliseconds) may first change by the passing of time alone: the next tick of a
 * duration in its texts, the age at which it counts as stale, or a time of a clock ahead of ours that is reached.
 */
export function findValidUntil(facts: LockFacts): number {
  const { nowMs, takenMs, writtenMs, createdMs, operation } = facts;
  const times = [nextTick(takenMs, nowMs), takenMs + operation.staleAfterMs + 1];
  if (writtenMs !== null) times.push(nextTick(writtenMs, nowMs), writtenMs + operation.staleAfterMs + 1);
  if (createdMs !== null) times.push(createdMs - MINUTE_MS, createdMs - DAY_MS);
  return Math.min(...times.filter((timeMs) => timeMs > nowMs));
}

/** When `formatDuration` of the time since then next says something else. */
function nextTick(sinceMs: number, nowMs: number): number {
  const ageMs = Math.max(0, nowMs - sinceMs);
  const unitMs = ageMs < MINUTE_MS ? SECOND_MS : ageMs < DAY_MS ? MINUTE_MS : HOUR_MS;
  return sinceMs + (Math.floor(ageMs / unitMs) + 1) * unitMs;
}
