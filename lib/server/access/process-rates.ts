import type { SignInDesk } from "#lib/services/ports.ts";

const KEYS_MAX = 10_000;

/** Counts in this process alone: a stand-in for the limiter that counts in the database, over all replicas. */
export function createProcessRates(monotonicMs: () => number): SignInDesk["rates"] {
  const taken = new Map<string, number[]>();
  return {
    async take(key, { limit, perMs }) {
      const nowMs = monotonicMs();
      const recent = (taken.get(key) ?? []).filter((atMs) => nowMs - atMs < perMs);
      taken.delete(key);
      taken.set(key, recent);
      for (const oldest of taken.keys()) {
        if (taken.size <= KEYS_MAX) break;
        taken.delete(oldest);
      }
      const [first] = recent;
      if (recent.length >= limit && first !== undefined) return { ok: false, retryInMs: first + perMs - nowMs };
      recent.push(nowMs);
      return { ok: true };
    },
  };
}
