import { Prisma } from "./generated/client.ts";

/**
 * A complete sweep that saw every current half of its source again writes none of them: it is one more roll call of the
 * source. A sighting's own numbers include the source's first `roll_calls` of them; what went has them all in its numbers.
 */
export type RollCalls = { readonly rollCalls: number; readonly lastRollCallAtMs: number | null };

type Seen = { readonly lastSeenAtMs: number; readonly sweepsSeen: number };

/** How often and when a current half was seen, with the roll calls since its own numbers were written. */
export function addRollCalls(seen: Seen, included: number, { rollCalls, lastRollCallAtMs }: RollCalls): Seen {
  if (rollCalls <= included) return seen;
  return {
    lastSeenAtMs: Math.max(seen.lastSeenAtMs, lastRollCallAtMs ?? seen.lastSeenAtMs),
    sweepsSeen: seen.sweepsSeen + rollCalls - included,
  };
}

/** For `UPDATE sighting SET`, where a current half becomes a past one: as `addRollCalls`, with what its source has counted. */
export const KEEP_ROLL_CALLS = Prisma.sql`
  sweeps_seen = sweeps_seen + CASE WHEN sighting.gone_at_ms IS NULL THEN coalesce((
    SELECT state.roll_calls - sighting.roll_calls FROM source_state state
    WHERE state.source_json = sighting.source_json AND state.roll_calls > sighting.roll_calls), 0) ELSE 0 END,
  last_seen_at_ms = greatest(last_seen_at_ms, CASE WHEN sighting.gone_at_ms IS NULL THEN (
    SELECT state.last_roll_call_at_ms FROM source_state state
    WHERE state.source_json = sighting.source_json AND state.roll_calls > sighting.roll_calls) END)`;
