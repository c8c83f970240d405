/** How often something may be done: at most `limit` times in any span of `perMs`. */
export type RateRule = { readonly limit: number; readonly perMs: number };

export type RateVerdict = { readonly ok: true } | { readonly ok: false; readonly retryInMs: number };

const MINUTE_MS = 60_000;

/** What a person, and every token of theirs together, may ask for. */
export const RATES = {
  unlock: { limit: 10, perMs: MINUTE_MS },
  scan: { limit: 6, perMs: MINUTE_MS },
  export: { limit: 2, perMs: MINUTE_MS },
} as const satisfies Readonly<Record<string, RateRule>>;

export type RateName = keyof typeof RATES;

/**
 * Decides on the newest attempt from when it and those before it came: attempts that are still within the span, oldest first,
 * of those that were refused the newest at most. So waiting is never made longer by asking again.
 */
export function decideRate(atMs: readonly number[], { limit, perMs }: RateRule): RateVerdict {
  const nowMs = atMs.at(-1) ?? 0;
  // The attempt that must have left the span for one more to fit.
  const leavingMs = atMs.length > limit ? atMs[0] : undefined;
  if (leavingMs === undefined) return { ok: true };
  return { ok: false, retryInMs: Math.min(perMs, Math.max(1, leavingMs + perMs - nowMs)) };
}
