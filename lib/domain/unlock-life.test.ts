import { expect, test } from "vitest";
import type { ApprovalView } from "./approval-view.ts";
import { parseAuditEvent } from "./audit-export/audit-event.ts";
import { aHalf, aLine, unlockDetails } from "./audit-export/testing/audit-lines.ts";
import type { RestoreView } from "./restore-view.ts";
import { anUnlock } from "./testing/unlock-detail-builder.ts";
import { buildUnlockLife } from "./unlock-life.ts";

const RECONCILER = { kind: "system", name: "reconciler" };
const NO_ANSWER = aHalf({ outcome: "unknown", detail: "The delete has no answer yet.", awsRequestIds: [] });
const LOST = aHalf({ outcome: "unknown", detail: "The answer was lost.", awsRequestIds: ["DEL"] });

const intentLine = aLine({ seq: 3, action: "unlock.intent", details: unlockDetails({ halves: [NO_ANSWER] }) });
const unknownLine = aLine({ seq: 4, action: "unlock.unknown", details: unlockDetails({ halves: [LOST] }) });
const settledLine = aLine({
  seq: 9,
  action: "unlock.settled",
  actor: RECONCILER,
  details: unlockDetails({ halves: [aHalf({ awsRequestIds: ["DEL", "READ"] })] }),
});
const RESTORE = {
  id: "01R",
  unlockId: "01UNLOCK",
  outcome: "restored",
  actor: "riley",
  reason: "the run was alive",
  requestedAt: "2026-11-23T03:45:00.000Z",
  intentAt: "2026-11-23T03:45:01.000Z",
  deadlineAt: "2026-11-23T03:45:16.000Z",
  outcomeAt: "2026-11-23T03:45:02.000Z",
  halves: [
    {
      mechanism: "s3",
      outcome: "restored",
      detail: "Put, and confirmed by reading back.",
      location: "network/terraform.tfstate.tflock",
      sourceId: "s3",
      awsRequestIds: ["PUT"],
    },
  ],
} satisfies RestoreView;
const restoreLine = (seq: number, action: string, over: object = {}) =>
  aLine({ seq, action, details: unlockDetails({ restoreId: "01R", outcome: "restored", ...over }) });

const tell = (unlock: Parameters<typeof buildUnlockLife>[0], lines: readonly { seq: number; line: string }[]) =>
  buildUnlockLife(unlock, lines.map(parseAuditEvent), false).steps;

test("an unlock is told from its request to its settled outcome, each half with what was new at each step", () => {
  const steps = tell(anUnlock(), [intentLine, unknownLine, settledLine]);

  expect(steps.map(({ kind, seq }) => [kind, seq])).toEqual([
    ["requested", null],
    ["intent", 3],
    ["unknown", 4],
    ["settled", 9],
  ]);
  expect(steps[0]).toMatchObject({ actor: "riley", reason: "the runner died, see the incident" });
  expect(steps[1]).toMatchObject({ until: "2026-11-23T03:40:16.000Z", outcome: null });
  expect(steps[2]?.halves).toMatchObject([{ outcome: "unknown", awsRequestIds: ["DEL"] }]);
  expect(steps[3]).toMatchObject({ actor: "system:reconciler", outcome: "released", recordSays: null });
  expect(steps[3]?.halves, "only the request ids of this step").toMatchObject([{ awsRequestIds: ["READ"] }]);
});

test("attempts to undo it follow in the order of the trail, and one that was turned down stands for itself", () => {
  const refused = aLine({
    seq: 12,
    action: "restore.refused",
    details: { reason: "again", outcome: "refused", problem: "It was undone already.", halves: [] },
  });
  const steps = tell(anUnlock({ restores: [RESTORE] }), [
    intentLine,
    settledLine,
    restoreLine(10, "restore.intent"),
    restoreLine(11, "restore.outcome"),
    refused,
  ]);

  expect(steps.map(({ of, kind, seq }) => [of, kind, seq])).toEqual([
    ["unlock", "requested", null],
    ["unlock", "intent", 3],
    ["unlock", "settled", 9],
    ["restore", "requested", null],
    ["restore", "intent", 10],
    ["restore", "outcome", 11],
    ["restore", "refused", 12],
  ]);
  expect(steps.at(-1)).toMatchObject({ reason: "again", problem: "It was undone already." });
});

test("what the record claims and the trail does not have is told as missing, in its place", () => {
  const steps = tell(anUnlock({ restores: [RESTORE] }), [settledLine]);

  expect(steps.map(({ of, kind, isMissing }) => [of, kind, isMissing])).toEqual([
    ["unlock", "requested", false],
    ["unlock", "intent", true],
    ["unlock", "settled", false],
    ["restore", "requested", false],
    ["restore", "intent", true],
    ["restore", "outcome", true],
  ]);
  expect(steps.at(-1)?.halves, "as the record has them").toEqual(RESTORE.halves);
});

test("where only the newest events were read nothing is called missing", () => {
  const { steps, isCut } = buildUnlockLife(anUnlock(), [settledLine].map(parseAuditEvent), true);

  expect(isCut).toBe(true);
  expect(steps.some(({ isMissing }) => isMissing)).toBe(false);
});

test("an outcome that the record and the trail tell differently is told with both", () => {
  const steps = tell(anUnlock({ outcome: "changed" }), [intentLine, settledLine]);

  expect(steps.at(-1)).toMatchObject({ outcome: "released", recordSays: "changed" });
});

test("an outcome that came after the record was read is no contradiction", () => {
  const steps = tell(anUnlock({ outcome: "unknown", outcomeAt: null }), [intentLine, settledLine]);

  expect(steps.at(-1)).toMatchObject({ kind: "settled", recordSays: null });
});

test("an event of a later version is told under its own name", () => {
  const steps = tell(anUnlock(), [intentLine, aLine({ seq: 5, action: "approval.granted", details: {} }), settledLine]);

  expect(steps.map(({ kind, action }) => (kind === "other" ? action : kind))).toEqual([
    "requested",
    "intent",
    "approval.granted",
    "settled",
  ]);
});

test("lines that are no lines of ours never throw", () => {
  const lines = ["", "[]", '{"event":{"action":"unlock.intent","details":{"halves":[7,{"awsRequestIds":[1]}]}}}'];

  expect(() =>
    tell(
      anUnlock(),
      lines.map((line, index) => ({ seq: index + 1, line })),
    ),
  ).not.toThrow();
});

const APPROVAL: ApprovalView = {
  id: "01A",
  state: "used",
  requestedBy: "sam",
  reason: "the runner died, see the incident",
  because: "A second person must approve it.",
  account: "payments-prod",
  accountId: "111122223333",
  bucket: "acme-tfstate",
  stateKey: "network/terraform.tfstate",
  statePath: "acme-tfstate/network/terraform.tfstate",
  key: "k1",
  lockId: null,
  fingerprint: "f",
  who: null,
  operation: null,
  requestedAt: "2026-11-23T03:30:00.000Z",
  expiresAt: "2026-11-23T04:30:00.000Z",
  approvedBy: "ada",
  approvedAt: "2026-11-23T03:35:00.000Z",
  comment: "I looked: the runner is gone.",
  endedBy: "sam",
  endedAt: "2026-11-23T03:40:01.000Z",
  endNote: null,
  unlockId: "01UNLOCK",
  isYours: true,
  canDecide: false,
};

test("who was asked to approve it, and did, comes before everything else", () => {
  const steps = tell(anUnlock({ approval: APPROVAL }), [intentLine, settledLine]);

  expect(steps.map(({ kind }) => kind)).toEqual([
    "approval_requested",
    "approval_given",
    "requested",
    "intent",
    "settled",
  ]);
  expect(steps[0]).toMatchObject({ actor: "sam", at: APPROVAL.requestedAt, problem: APPROVAL.because });
  expect(steps[1]).toMatchObject({ actor: "ada", at: APPROVAL.approvedAt, reason: APPROVAL.comment });
});

test("broken glass stands between the request and its intent, and the review after the outcome", () => {
  const broken = aLine({ seq: 2, action: "break_glass.used", details: unlockDetails({ halves: [NO_ANSWER] }) });
  const reviewed = aLine({ seq: 12, action: "break_glass.reviewed", details: { reason: "why", comment: "was right" } });
  const steps = tell(anUnlock(), [broken, intentLine, settledLine, reviewed]);

  expect(steps.map(({ kind, seq }) => [kind, seq])).toEqual([
    ["requested", null],
    ["glass_broken", 2],
    ["intent", 3],
    ["settled", 9],
    ["glass_reviewed", 12],
  ]);
  expect(steps[1], "what it was about stands with the intent").toMatchObject({ halves: [], outcome: null });
  expect(steps[4]?.reason).toBe("was right");
});
