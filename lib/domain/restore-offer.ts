import type { Restore } from "./restore.ts";
import type { Source } from "./source.ts";
import type { Unlock, UnlockHalf } from "./unlock.ts";

/** Whether an unlock can be undone now. Times are epoch milliseconds; null while they are not known. */
export type RestoreVerdict = { readonly fromMs: number | null; readonly untilMs: number | null } & (
  | { readonly state: "possible"; readonly reason: null }
  /** It may become possible. */
  | { readonly state: "waiting"; readonly reason: string }
  | { readonly state: "impossible"; readonly reason: string }
);

/** What a decision rests on: the time, the rule, the configuration, and everything done to the same lock. */
export type RestoreSituation = {
  readonly nowMs: number;
  /** For how long after its outcome an unlock can be undone; 0 switches it off. */
  readonly windowMs: number;
  readonly sources: readonly Source[];
  /** Every attempt to undo this unlock, and every one of the same lock's key that has no outcome. */
  readonly restores: readonly Restore[];
  /** Unlocks of the same lock's key that came to an intent about then or since; this one may be among them. */
  readonly unlocks: readonly Unlock[];
};

/**
 * Decides whether an unlock can be undone. A delete of ours that is still on its way could remove the restored lock, since the
 * same bytes have the same ETag: nothing is put before every outcome is known and every deadline is past.
 */
export function decideRestore(unlock: Unlock, situation: RestoreSituation): RestoreVerdict {
  const { nowMs, windowMs, restores, unlocks } = situation;
  if (unlock.outcome === "unknown")
    return { state: "waiting", reason: "The unlock has no outcome yet.", fromMs: null, untilMs: null };

  const untilMs = unlock.outcomeAtMs === null ? null : unlock.outcomeAtMs + windowMs;
  const obstacle = findObstacle(unlock, situation);
  if (obstacle !== null || untilMs === null)
    return { state: "impossible", reason: obstacle ?? NOTHING_REMOVED, fromMs: null, untilMs: null };

  const attempts = [unlock, ...unlocks, ...restores];
  const isOpen = attempts.some((attempt) => attempt.outcome === "unknown");
  const fromMs = isOpen ? null : Math.max(...attempts.map((attempt) => attempt.deadlineAtMs ?? 0));
  if (nowMs > untilMs || (fromMs ?? nowMs) > untilMs)
    return { state: "impossible", reason: "The time in which it could be undone is over.", fromMs, untilMs };
  if (fromMs === null) return { state: "waiting", reason: describeOpen(unlocks), fromMs, untilMs };
  if (nowMs < fromMs) return { state: "waiting", reason: ON_ITS_WAY, fromMs, untilMs };
  return { state: "possible", reason: null, fromMs, untilMs };
}

/** The halves that an unlock surely removed: what went by another hand is not ours to bring back. */
export function listRestorable(unlock: Unlock): readonly UnlockHalf[] {
  return unlock.halves.filter((half) => half.outcome === "released");
}

const NOTHING_REMOVED = "It is not certain that this unlock removed anything, so there is nothing to bring back.";
const ON_ITS_WAY = "A request that was sent for this lock could still be on its way.";

/** What no waiting will change. */
function findObstacle(unlock: Unlock, situation: RestoreSituation): string | null {
  if (situation.windowMs <= 0) return "Undoing unlocks is switched off in the configuration.";
  const halves = listRestorable(unlock);
  if (halves.length === 0) return NOTHING_REMOVED;
  const done = situation.restores.find(
    (restore) => restore.unlockId === unlock.id && (restore.outcome === "restored" || restore.outcome === "partial"),
  );
  if (done !== undefined) return "It was undone already.";
  if (situation.unlocks.some((other) => isSuccessor(unlock, other)))
    return "Another holder has locked since, and that lock was unlocked too.";
  for (const half of halves) {
    if (half.raw === null || half.recreate === null)
      return `The record does not hold all it takes to create the ${nameOf(half)} half again exactly as it was.`;
  }
  for (const half of unlock.halves) {
    const source = situation.sources.find((candidate) => candidate.id === half.sourceId);
    if (source === undefined) return `The source of the ${nameOf(half)} half is no longer configured.`;
    if (source.account.restoreRoleArn === null && source.account.unlockRoleArn !== null)
      return `The account ${source.account.name} has no role that may restore: set its restoreRoleArn.`;
  }
  return null;
}

/** Whether a later unlock met another lock in the same place: then this one's holder has long lost its turn. */
function isSuccessor(unlock: Unlock, other: Unlock): boolean {
  if (other.id === unlock.id || other.intentAtMs === null || unlock.intentAtMs === null) return false;
  return other.intentAtMs > unlock.intentAtMs && (other.lockId === null || other.lockId !== unlock.lockId);
}

function describeOpen(unlocks: readonly Unlock[]): string {
  return unlocks.some((other) => other.outcome === "unknown")
    ? "Another unlock of this lock has no outcome yet."
    : "An attempt to undo an unlock of this lock has no outcome yet.";
}

function nameOf(half: UnlockHalf): string {
  return half.mechanism === "s3" ? "S3" : "DynamoDB";
}
