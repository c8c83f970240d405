import { expect, test } from "vitest";
import type { Restore } from "./restore.ts";
import { decideRestore, listRestorable, type RestoreSituation } from "./restore-offer.ts";
import type { Source } from "./source.ts";
import { UNLOCK_OUTCOMES, type Unlock, type UnlockHalf } from "./unlock.ts";

const INTENT = 1_000_000;
const DEADLINE = INTENT + 15_000;
const OUTCOME = INTENT + 200;
const WINDOW = 15 * 60_000;
const UNTIL = OUTCOME + WINDOW;

const s3: UnlockHalf = {
  sourceId: "s3:payments",
  mechanism: "s3",
  location: "state.tflock",
  bucket: "bucket",
  stateKey: "state",
  accountName: "payments",
  lockId: "A",
  fingerprint: "f",
  etag: '"e"',
  versionId: null,
  raw: Uint8Array.of(1),
  recreate: "{}",
  awsDateMs: null,
  outcome: "released",
  detail: "",
  awsRequestIds: [],
};

const unlock: Unlock = {
  id: "U1",
  actor: { kind: "person", name: "riley", authenticatedBy: "local" },
  idempotencyKey: "k",
  lockKey: "key",
  lockId: "A",
  fingerprint: "f",
  account: "payments",
  accountId: "111122223333",
  bucket: "bucket",
  stateKey: "state",
  who: null,
  operation: null,
  reason: "the runner died long ago",
  requestedAtMs: INTENT,
  intentAtMs: INTENT,
  deadlineAtMs: DEADLINE,
  outcome: "released",
  outcomeAtMs: OUTCOME,
  halves: [s3],
  holderNow: null,
};

function source(roles: { restore: string | null; unlock: string | null }): Source {
  const account = {
    name: "payments",
    id: "111122223333",
    region: "eu-west-1",
    scanRoleArn: null,
    unlockRoleArn: roles.unlock,
    restoreRoleArn: roles.restore,
    externalId: null,
    endpoints: { s3: null, dynamodb: null, sts: null },
  };
  return { id: "s3:payments", account, kind: "s3", name: "bucket", region: "eu-west-1", prefix: "" };
}

function restore(change: Partial<Restore>): Restore {
  return {
    id: "R1",
    unlockId: "U1",
    lockKey: "key",
    actor: unlock.actor,
    idempotencyKey: "k",
    reason: "it was the wrong lock",
    requestedAtMs: DEADLINE,
    intentAtMs: DEADLINE,
    deadlineAtMs: DEADLINE + 15_000,
    outcome: "unknown",
    outcomeAtMs: null,
    halves: [],
    ...change,
  };
}

function decide(change: Partial<Unlock> = {}, situation: Partial<RestoreSituation> = {}) {
  const sources = [source({ restore: "arn:restore", unlock: "arn:unlock" })];
  const usual = { nowMs: DEADLINE, windowMs: WINDOW, sources, restores: [], unlocks: [unlock] };
  return decideRestore({ ...unlock, ...change }, { ...usual, ...situation });
}

test("an unlock that released can be undone from its deadline until the window after its outcome is over", () => {
  const window = { fromMs: DEADLINE, untilMs: UNTIL };

  expect(decide({}, { nowMs: DEADLINE - 1 })).toMatchObject({ state: "waiting", ...window });
  expect(decide({}, { nowMs: DEADLINE })).toEqual({ state: "possible", reason: null, ...window });
  expect(decide({}, { nowMs: UNTIL })).toEqual({ state: "possible", reason: null, ...window });
  expect(decide({}, { nowMs: UNTIL + 1 })).toMatchObject({
    state: "impossible",
    reason: expect.stringMatching(/time.*over/),
    ...window,
  });
});

test.each(UNLOCK_OUTCOMES)(
  "an unlock whose outcome and half are both %s can be undone only if that is released",
  (outcome) => {
    const half = { ...s3, outcome: outcome === "partial" ? "refused" : outcome } as const;
    const verdict = decide({ outcome, halves: [half], outcomeAtMs: outcome === "unknown" ? null : OUTCOME });

    expect(verdict.state === "possible").toBe(outcome === "released");
    expect(verdict.state === "waiting").toBe(outcome === "unknown");
  },
);

test("only the halves that were surely removed are brought back", () => {
  const halves = [s3, { ...s3, location: "b", outcome: "gone_unattributed" } as const];

  expect(listRestorable({ ...unlock, halves })).toEqual([s3]);
  expect(decide({ outcome: "partial", halves: [s3, { ...s3, outcome: "refused" }] }).state).toBe("possible");
});

test.each([
  ["the window is 0", {}, { windowMs: 0 }, /switched off/],
  ["the raw bytes are missing", { halves: [{ ...s3, raw: null }] }, {}, /all it takes/],
  ["an earlier version made the record", { halves: [{ ...s3, recreate: null }] }, {}, /all it takes/],
  ["the source is no longer configured", {}, { sources: [] }, /no longer configured/],
  [
    "its other half's source is gone",
    { halves: [s3, { ...s3, sourceId: "x", outcome: "refused" as const }] },
    {},
    /no longer/,
  ],
  ["the account has no restore role", {}, { sources: [source({ restore: null, unlock: "arn" })] }, /no role/],
  ["it was undone", {}, { restores: [restore({ outcome: "restored", outcomeAtMs: DEADLINE })] }, /undone already/],
  [
    "it was undone in part",
    {},
    { restores: [restore({ outcome: "partial", outcomeAtMs: DEADLINE })] },
    /undone already/,
  ],
  ["the window ends before the deadline", {}, { windowMs: DEADLINE - OUTCOME - 1 }, /time.*over/],
])("can never be undone when %s", (_name, change, situation, reason) => {
  const verdict = decide(change, situation);

  expect(verdict.state).toBe("impossible");
  expect(verdict.reason).toMatch(reason);
});

test("without any role the ambient credentials may restore", () => {
  expect(decide({}, { sources: [source({ restore: null, unlock: null })] }).state).toBe("possible");
});

test("waits for an attempt without an outcome, and for the deadline of one that failed", () => {
  const failed = restore({ outcome: "changed", outcomeAtMs: DEADLINE });
  const fromMs = DEADLINE + 15_000;

  expect(decide({}, { restores: [restore({})] })).toMatchObject({ state: "waiting", fromMs: null, untilMs: UNTIL });
  expect(decide({}, { restores: [failed] })).toMatchObject({ state: "waiting", fromMs });
  expect(decide({}, { restores: [failed], nowMs: fromMs }).state).toBe("possible");
});

test("an attempt that never came to an intent stands in nobody's way", () => {
  const refused = restore({ outcome: "refused", outcomeAtMs: DEADLINE, intentAtMs: null, deadlineAtMs: null });

  expect(decide({}, { restores: [refused] }).state).toBe("possible");
});

test("waits while another unlock of the lock has no outcome, or could still have a delete on its way", () => {
  const other: Unlock = { ...unlock, id: "U2", outcome: "unknown", outcomeAtMs: null, deadlineAtMs: DEADLINE + 9_000 };
  const ended: Unlock = { ...other, outcome: "already_gone", outcomeAtMs: DEADLINE };

  expect(decide({}, { unlocks: [unlock, other] })).toMatchObject({ state: "waiting", fromMs: null });
  expect(decide({}, { unlocks: [unlock, ended] })).toMatchObject({ state: "waiting", fromMs: DEADLINE + 9_000 });
  expect(decide({}, { unlocks: [ended], nowMs: DEADLINE + 9_000 }).state).toBe("possible");
});

test.each([
  ["another holder", "B", "impossible"],
  ["a holder without an ID", null, "impossible"],
  ["the same holder, in the other half", "A", "possible"],
])("is judged by what was unlocked after it: %s", (_name, lockId, state) => {
  const later: Unlock = { ...unlock, id: "U2", lockId, intentAtMs: INTENT + 1, deadlineAtMs: DEADLINE };

  expect(decide({}, { unlocks: [unlock, later] }).state).toBe(state);
  expect(decide({}, { unlocks: [unlock, { ...later, intentAtMs: INTENT - 1 }] }).state).toBe("possible");
  expect(decide({}, { unlocks: [unlock, { ...later, intentAtMs: null }] }).state).toBe("possible");
});
