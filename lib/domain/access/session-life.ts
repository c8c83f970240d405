export type SessionLimits = { readonly idleMs: number; readonly absoluteMs: number };

const MINUTE_MS = 60_000;
/** A group that was taken away loses its rights within this time. */
const GROUPS_AGE_MS_MAX = 15 * MINUTE_MS;
/** From this age on groups are read anew beside what is asked, so that hardly anybody waits for it. */
export const GROUPS_AGE_MS_SOON = 10 * MINUTE_MS;
/** For somebody who is not here to be asked, such as the maker of a token, groups count for so long. */
export const GROUPS_AGE_MS_MAX_ABSENT = 24 * 60 * MINUTE_MS;
/** How exactly it is kept when a session was last used. */
export const USE_NOTED_EVERY_MS = MINUTE_MS;

/** Whether a session has ended, by its age or for want of use. A clock that was set back ends none. */
export function isSessionOver(
  { startedAtMs, lastUsedAtMs }: { readonly startedAtMs: number; readonly lastUsedAtMs: number },
  { idleMs, absoluteMs }: SessionLimits,
  nowMs: number,
): boolean {
  return nowMs - startedAtMs >= absoluteMs || nowMs - lastUsedAtMs >= idleMs;
}

/** What the age of somebody's groups asks for. */
export function judgeGroups(readAtMs: number | null, nowMs: number): "fresh" | "soon" | "stale" {
  if (readAtMs === null || nowMs - readAtMs > GROUPS_AGE_MS_MAX) return "stale";
  return nowMs - readAtMs >= GROUPS_AGE_MS_SOON ? "soon" : "fresh";
}
