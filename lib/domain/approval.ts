import { type Actor, actorKey, identityOf } from "./actor.ts";
import type { Evidence } from "./lock.ts";

export const APPROVAL_STATES = ["pending", "approved", "denied", "withdrawn", "expired", "void", "used"] as const;
/** `pending` and `approved` are open; each of the others is final. */
export type ApprovalState = (typeof APPROVAL_STATES)[number];
export type OpenState = "pending" | "approved";
export type EndState = Exclude<ApprovalState, OpenState>;

/** What was shown of a lock when somebody asked, so that an approver can hold it against the lock as it is now. */
export type ShownLock = {
  readonly summary: string;
  readonly acquiredAt: string | null;
  readonly createdAt: string | null;
  readonly evidence: readonly Evidence[];
};

/** One person's request that a second one approve an unlock of exactly one lock. Times are epoch milliseconds. */
export type Approval = {
  readonly id: string;
  readonly requester: Actor;
  readonly idempotencyKey: string;
  readonly lockKey: string;
  readonly lockId: string | null;
  readonly fingerprint: string;
  readonly account: string;
  readonly accountId: string;
  readonly bucket: string;
  readonly stateKey: string;
  /** The accounts of all halves: where an approver must be allowed to approve. */
  readonly accounts: readonly string[];
  readonly who: string | null;
  readonly operation: string | null;
  readonly reason: string;
  /** Which rules ask for a second person. */
  readonly because: string;
  readonly shown: ShownLock;
  readonly requestedAtMs: number;
  readonly expiresAtMs: number;
  readonly state: ApprovalState;
  readonly approver: Actor | null;
  readonly approvedAtMs: number | null;
  /** What the approver wrote. */
  readonly comment: string | null;
  /** Who denied, withdrew or used it; the system where it expired or became void. */
  readonly endedBy: Actor | null;
  readonly endedAtMs: number | null;
  /** Why it was denied or is void. */
  readonly endNote: string | null;
  readonly unlockId: string | null;
};

/** What an approval is bound to: anything else is another unlock. */
export type ApprovedUnlock = Pick<Approval, "lockKey" | "lockId" | "fingerprint" | "reason">;

/** Whether an unlock is exactly the one that was asked for. */
export function isBoundTo(approval: ApprovedUnlock, asked: ApprovedUnlock): boolean {
  return isOfLock(approval, asked) && approval.reason === asked.reason;
}

/** Whether it is about exactly this lock, for whatever reason. */
export function isOfLock(approval: Omit<ApprovedUnlock, "reason">, lock: Omit<ApprovedUnlock, "reason">): boolean {
  return (
    approval.lockKey === lock.lockKey && approval.lockId === lock.lockId && approval.fingerprint === lock.fingerprint
  );
}

export function isOpenState(state: ApprovalState): state is OpenState {
  return state === "pending" || state === "approved";
}

/** Why somebody cannot be the second person; null where they can. One person with two accounts is one person. */
export function whyNotSecondPerson(requester: Actor, approver: Actor): string | null {
  const own = identityOf(requester);
  const identity = identityOf(approver);
  if (approver.kind === "person" && approver.authenticatedBy === "token")
    return "A token cannot approve: a script has no second pair of eyes.";
  if (actorKey(requester) === actorKey(approver)) return "It is your own request: somebody else must approve it.";
  if (identity === null)
    return "Only a person who signed in can approve: who you are could not be checked again later.";
  if (own !== null && own.subject === identity.subject)
    return "You are the same subject as who asked, by another issuer: somebody else must approve it.";
  return null;
}
