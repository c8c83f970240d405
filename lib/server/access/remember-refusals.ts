import type { RateLimiter } from "#lib/services/ports/people.ts";

const REMEMBERED_MAX = 10_000;

/**
 * The same limiter, which does not ask again for a key before the time that it named itself: whoever tries a thousand times a
 * second then costs the database nothing. A refusal takes nothing, so nobody waits longer for it.
 */
export function rememberRefusals(limiter: RateLimiter, monotonicMs: () => number): RateLimiter {
  const refusedUntilMs = new Map<string, number>();
  return {
    async take(key, rule) {
      const known = refusedUntilMs.get(key);
      const nowMs = monotonicMs();
      if (known !== undefined && nowMs < known) return { ok: false, retryInMs: known - nowMs };
      refusedUntilMs.delete(key);
      const verdict = await limiter.take(key, rule);
      if (verdict.ok) return verdict;
      refusedUntilMs.set(key, monotonicMs() + verdict.retryInMs);
      for (const oldest of refusedUntilMs.keys()) {
        if (refusedUntilMs.size <= REMEMBERED_MAX) break;
        refusedUntilMs.delete(oldest);
      }
      return verdict;
    },
  };
}
