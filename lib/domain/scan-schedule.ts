import type { SourceState } from "./source.ts";

/** How often one source may be looked at. */
export type ScanRule = {
  /** From the start of one look to the start of the next. */
  readonly everyMs: number;
  /** A big bucket is swept whole at least this often, and refreshed in between; 0 makes every look a whole sweep. */
  readonly coldEveryMs: number;
  /** Null is no limit. */
  readonly requestsPerDay: number | null;
};

export const DEFAULT_SCAN_RULE: ScanRule = { everyMs: 60_000, coldEveryMs: 3_600_000, requestsPerDay: null };

export const DAY_MS = 86_400_000;
/** A sweep of no more requests than this is not worth a plan of where to look. */
export const SMALL_SWEEP_REQUESTS = 50;
/** A table that had no capacity left for us is left to Terraform for this long. */
const THROTTLED_PAUSE_MS = 5 * 60_000;
/** Share of `everyMs` for which a source rests after a look, however long that took. */
const REST_SHARE = 0.1;
/** A big sweep that broke off is tried again this many times within `coldEveryMs`. */
const RETRIES_OF_COLD = 12;

export type LookedAt = Pick<
  SourceState,
  "lastScanAtMs" | "lastAttemptAtMs" | "lastRefreshAtMs" | "durationMs" | "requests" | "refreshRequests" | "error"
>;

export type NextLook = { readonly kind: "sweep" | "refresh"; readonly inMs: number };

type Planned = ScanRule & {
  readonly state: LookedAt;
  /** Whether the last sweep left a plan of where to look in between. */
  readonly hasRefreshPlan: boolean;
};

/** How far apart whole sweeps and looks of any kind begin at least; `refreshMs` is null where every look is a sweep. */
export function spaceLooks(planned: Planned): { readonly sweepMs: number; readonly refreshMs: number | null } {
  const { state, everyMs, coldEveryMs, requestsPerDay, hasRefreshPlan } = planned;
  const sweepCost = state.requests ?? 0;
  const isBig = hasRefreshPlan && sweepCost > SMALL_SWEEP_REQUESTS && state.lastScanAtMs !== null;
  if (!isBig || coldEveryMs <= everyMs) {
    return { sweepMs: Math.max(everyMs, earnMs(sweepCost, requestsPerDay)), refreshMs: null };
  }
  // Sweeps get half of the budget at most, refreshes what is left: known locks matter sooner than cold ranges.
  const sweepMs = Math.max(coldEveryMs, earnMs(sweepCost, requestsPerDay === null ? null : requestsPerDay / 2));
  const left = requestsPerDay === null ? null : requestsPerDay - (sweepCost * DAY_MS) / sweepMs;
  return { sweepMs, refreshMs: Math.max(everyMs, earnMs(state.refreshRequests ?? 0, left)) };
}

/**
 * What to do next with a source, and when. Each look is paid for by the time after it, so that no 24 hours cost more than
 * `requestsPerDay` and one look.
 */
export function planNextLook(input: Planned & { readonly nowMs: number }): NextLook {
  const { state, everyMs, coldEveryMs, requestsPerDay, nowMs } = input;
  const lastLookMs = latest(state.lastScanAtMs, state.lastAttemptAtMs, state.lastRefreshAtMs);
  if (lastLookMs === null) return { kind: "sweep", inMs: 0 };
  const { sweepMs, refreshMs } = spaceLooks(input);
  const pauseMs = state.error?.code === "throttled" ? THROTTLED_PAUSE_MS : everyMs * REST_SHARE;
  const waitUntil = (dueMs: number, longestMs: number): number =>
    // A clock that was set back must not stop the schedule until it has caught up. Rounded up: what is not yet paid for waits.
    Math.ceil(Math.max(0, Math.min(Math.max(dueMs, lastLookMs + pauseMs) - nowMs, Math.max(longestMs, pauseMs))));

  if (refreshMs === null) {
    const wasSweep = lastLookMs === (state.lastAttemptAtMs ?? state.lastScanAtMs);
    const startedMs = lastLookMs - (wasSweep ? (state.durationMs ?? 0) : 0);
    return { kind: "sweep", inMs: waitUntil(startedMs + sweepMs, sweepMs) };
  }
  const dueMs = (state.lastScanAtMs ?? 0) + sweepMs;
  if ((state.lastAttemptAtMs ?? 0) >= dueMs) {
    // The sweep that was due broke off: what fails at every try must not cost a whole sweep at every look.
    const retryMs = Math.max(everyMs, coldEveryMs / RETRIES_OF_COLD, sweepMs - coldEveryMs);
    return { kind: "sweep", inMs: waitUntil((state.lastAttemptAtMs ?? 0) + retryMs, retryMs) };
  }
  const refreshInMs = waitUntil(lastLookMs + refreshMs, refreshMs);
  const paidMs = requestsPerDay === null ? 0 : refreshMs;
  const sweepInMs = waitUntil(Math.max(dueMs, lastLookMs + paidMs), sweepMs);
  // A refresh that would still run when the sweep is due, or after which the source must rest then, would only delay it.
  const isInTime = refreshInMs + (state.durationMs ?? 0) + pauseMs < sweepInMs;
  return isInTime ? { kind: "refresh", inMs: refreshInMs } : { kind: "sweep", inMs: sweepInMs };
}

/** How long it takes until the budget has room again for what a look cost. */
function earnMs(requests: number, requestsPerDay: number | null): number {
  return requestsPerDay === null ? 0 : (requests * DAY_MS) / requestsPerDay;
}

function latest(...timesMs: readonly (number | null)[]): number | null {
  const known = timesMs.filter((timeMs) => timeMs !== null);
  return known.length === 0 ? null : Math.max(...known);
}
