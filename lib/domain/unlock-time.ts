/** Hard limit of every AWS call of an unlock. */
export const UNLOCK_CALL_MS_MAX = 10_000;
/** For committing the intent. */
const COMMIT_MS_MAX = 5_000;
/** A delete that was given up may still be on its way for this long at most. */
const ON_THE_WIRE_MS_MAX = 20_000;

/** When an intent was committed and when its deletes are over, by the clock of the process that did it. */
export type IntentTime = { readonly intentAtMs: number; readonly deadlineAtMs: number };

/** From its intent until no delete of an unlock waits for an answer any more: the commit, and one call for each half. */
export function sendingMsOf(halfCount: number): number {
  return COMMIT_MS_MAX + halfCount * UNLOCK_CALL_MS_MAX;
}

/** Whether a delete that is sent now ends within the time of its unlock; `elapsedMs` is of a clock that never jumps. */
export function isInTime(elapsedMs: number, halfCount: number): boolean {
  return elapsedMs + UNLOCK_CALL_MS_MAX <= sendingMsOf(halfCount);
}

/**
 * Whether nothing that an intent sent can still arrive at the time of a read: by AWS's clock where it told the time both of the
 * read the intent rests on and of this one, else by ours.
 */
export function isSettlingDue(
  intent: IntentTime & { readonly awsDateMs: number | null },
  read: { readonly awsDateMs: number | null; readonly nowMs: number },
): boolean {
  if (intent.awsDateMs === null || read.awsDateMs === null)
    return read.nowMs > intent.deadlineAtMs + ON_THE_WIRE_MS_MAX;
  return read.awsDateMs > latestArrivalMs({ ...intent, awsDateMs: intent.awsDateMs });
}

/** Whether a removal at that time, by AWS's clock, can have been the delete of this intent. */
export function isWithinIntent(intent: IntentTime & { readonly awsDateMs: number }, removedAtMs: number): boolean {
  return removedAtMs >= intent.awsDateMs && removedAtMs <= latestArrivalMs(intent);
}

/** By AWS's clock. The deadline includes the time that reading took, so `Date` of that read is early enough to count from. */
function latestArrivalMs({ intentAtMs, deadlineAtMs, awsDateMs }: IntentTime & { readonly awsDateMs: number }): number {
  return awsDateMs + (deadlineAtMs - intentAtMs) + ON_THE_WIRE_MS_MAX;
}

/** How long the reconciler may take until it looks. */
const TURN_MS_MAX = 30_000;

/** When what has no outcome is settled at the latest, if its places can be read. */
export function settledByMs(deadlineAtMs: number): number {
  return deadlineAtMs + ON_THE_WIRE_MS_MAX + TURN_MS_MAX;
}
