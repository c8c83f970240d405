import type { HalfSighting } from "./half.ts";

/** A lock this young may be released any second; an older one is rather forgotten. */
const YOUNG_MS = 15 * 60_000;
const YOUNG_EVERY_MS = 5_000;
const OLD_EVERY_MS = 60_000;
/** Ticks come a little early or late. */
const SLACK_MS = 250;

/** When each known half was asked for last, by source and place. */
export type AskedTimes = ReadonlyMap<string, number>;

/** The halves that are to be asked for again now, while somebody looks: young ones every 5 s, others every 60 s. */
export function pickDue(
  sightings: readonly HalfSighting[],
  askedMs: AskedTimes,
  nowMs: number,
): readonly HalfSighting[] {
  return sightings.filter((half) => {
    const sinceMs = nowMs - Math.max(askedMs.get(placeOf(half)) ?? 0, half.lastSeenAtMs);
    const tookAtMs = half.lastModifiedMs ?? half.firstSeenAtMs;
    const everyMs = nowMs - tookAtMs < YOUNG_MS ? YOUNG_EVERY_MS : OLD_EVERY_MS;
    // A time in the future is a clock that was set back, not an answer.
    return sinceMs < 0 || sinceMs >= everyMs - SLACK_MS;
  });
}

/** The key of a half in `AskedTimes`. */
export function placeOf({ sourceId, location }: Pick<HalfSighting, "sourceId" | "location">): string {
  return JSON.stringify([sourceId, location]);
}
