import type { Lock } from "./lock.ts";
import type { Mechanism } from "./source.ts";

/** What a row of the list shows of a lock, filters and sorts by: a tenth of the lock's size. */
export type LockRow = Pick<
  Lock,
  | "key"
  | "account"
  | "bucket"
  | "region"
  | "statePath"
  | "stateKey"
  | "workspace"
  | "status"
  | "lockId"
  | "operation"
  | "operationLabel"
  | "who"
  | "holder"
  | "createdAt"
  | "acquiredAt"
  | "firstSeenAt"
  | "ageMs"
  | "ageFrom"
  | "hasClockSkew"
  | "fingerprint"
  | "attention"
  | "headline"
  | "canUnlock"
  | "unlockBlockedBy"
  | "isLastKnown"
> & {
  /** The halves there are, DynamoDB's first. */
  readonly mechanisms: readonly Mechanism[];
};

/** The row of a lock. */
export function toLockRow(lock: Lock): LockRow {
  return {
    key: lock.key,
    account: lock.account,
    bucket: lock.bucket,
    region: lock.region,
    statePath: lock.statePath,
    stateKey: lock.stateKey,
    workspace: lock.workspace,
    status: lock.status,
    lockId: lock.lockId,
    operation: lock.operation,
    operationLabel: lock.operationLabel,
    who: lock.who,
    holder: lock.holder,
    createdAt: lock.createdAt,
    acquiredAt: lock.acquiredAt,
    firstSeenAt: lock.firstSeenAt,
    ageMs: lock.ageMs,
    ageFrom: lock.ageFrom,
    hasClockSkew: lock.hasClockSkew,
    fingerprint: lock.fingerprint,
    attention: lock.attention,
    headline: lock.headline,
    canUnlock: lock.canUnlock,
    unlockBlockedBy: lock.unlockBlockedBy,
    isLastKnown: lock.isLastKnown,
    mechanisms: [...new Set(lock.halves.map((half) => half.mechanism))].toSorted(),
  };
}
