import type { Lock } from "#lib/domain/lock.ts";
import { countLocks } from "#lib/domain/lock-filter.ts";
import type { LockRows } from "#lib/domain/lock-news.ts";
import { type LockRow, toLockRow } from "#lib/domain/lock-row.ts";

/** A held lock; name what the test is about. */
export function aLock(over: Partial<Lock> = {}): Lock {
  return {
    key: "k1",
    account: "payments-prod",
    accountId: "111122223333",
    region: "eu-west-1",
    bucket: "acme-tfstate",
    statePath: "acme-tfstate/network/terraform.tfstate",
    stateKey: "network/terraform.tfstate",
    workspace: null,
    status: "held",
    lockId: "b029be34-5bd1-f780-2c36-edc99ddcb1f6",
    operation: "OperationTypeApply",
    operationLabel: "Apply / destroy",
    who: "ana@mbp",
    holder: { user: "ana", host: "mbp", kind: "laptop" },
    version: "1.11.4",
    createdAt: "2026-11-23T03:00:00.000Z",
    acquiredAt: "2026-11-23T03:00:01.000Z",
    ageMs: 60_000,
    ageFrom: "acquired",
    hasClockSkew: false,
    fingerprint: "f1",
    halves: [],
    evidence: [],
    attention: "none",
    summary: "Held for 1 min by ana@mbp running an apply; perhaps still running.",
    headline: "no write since it was taken",
    canUnlock: true,
    unlockBlockedBy: null,
    state: null,
    firstSeenAt: "2026-11-23T03:00:30.000Z",
    lastSeenAt: "2026-11-23T03:01:00.000Z",
    isLastKnown: false,
    ...over,
  };
}

/** The row of such a lock. */
export function aRow(over: Partial<LockRow> = {}): LockRow {
  return { ...toLockRow(aLock()), ...over };
}

/** All rows as the server answers them: these locks, in this order. */
export function rowsOf(keys: readonly string[], over: Partial<LockRows> = {}): LockRows {
  const rows = keys.map((key) => aRow({ key }));
  return { version: "e.1", asOf: "2026-11-23T03:01:01.000Z", sources: [], rows, counts: countLocks(rows), ...over };
}
