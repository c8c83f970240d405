import fc from "fast-check";
import { HOSTILE_FIELDS } from "#lib/domain/testing/hostile-fields.ts";

/** The actions of this version, and two that a later one may have. */
export const ACTIONS = [
  "unlock.intent",
  "unlock.outcome",
  "unlock.unknown",
  "unlock.settled",
  "unlock.refused",
  "unlock.invalid",
  "restore.intent",
  "restore.outcome",
  "restore.unknown",
  "restore.settled",
  "restore.refused",
  "audit.exported",
  "audit.key_rotated",
  "access.denied",
  "sign_in.succeeded",
  "sign_in.failed",
  "sign_in.ended",
  "session.revoked",
  "person.added",
  "person.changed",
  "token.made",
  "token.revoked",
  "approval.requested",
  "approval.given",
  "approval.denied",
  "approval.withdrawn",
  "approval.expired",
  "approval.voided",
  "break_glass.used",
  "break_glass.reviewed",
  "config.changed",
  "approval.granted",
  "session.extended",
] as const;

export const OUTCOMES = [
  "released",
  "restored",
  "partial",
  "changed",
  "already_gone",
  "refused",
  "not_executed",
  "gone_unattributed",
  "unknown",
] as const;

export type LineParts = {
  readonly seq?: number;
  readonly action?: string;
  readonly actor?: object;
  readonly at?: string;
  readonly requestId?: string | null;
  readonly unlockId?: string | null;
  readonly details?: object;
};

/** A line as the trail has it, with details as an unlock writes them unless others are given. */
export function aLine(parts: LineParts = {}): { seq: number; line: string } {
  const seq = parts.seq ?? 7;
  const event = {
    at: parts.at ?? "2026-11-23T03:40:00.000Z",
    action: parts.action ?? "unlock.outcome",
    actor: parts.actor ?? { kind: "person", name: "riley", authenticatedBy: "local" },
    requestId: parts.requestId === undefined ? "01REQUEST" : parts.requestId,
    unlockId: parts.unlockId === undefined ? "01UNLOCK" : parts.unlockId,
    details: parts.details ?? unlockDetails(),
  };
  const head = { v: 1, seq, prevHash: "0".repeat(64), hash: "ab".repeat(32), signature: "x", keyId: "00000000" };
  return { seq, line: JSON.stringify({ ...head, event }) };
}

export function unlockDetails(over: object = {}): Record<string, unknown> {
  return {
    requestedBy: "riley",
    account: "payments-prod",
    accountId: "111122223333",
    statePath: "acme-tfstate/network/terraform.tfstate",
    lockKey: "k",
    lockId: "3fd7bf29-1faf-4c6a-a0a2-1d8a6d0fd6a6",
    fingerprint: "f",
    who: "sam@runner-7",
    operation: "OperationTypeApply",
    reason: "the runner died, see the incident",
    outcome: "released",
    holderNow: null,
    halves: [
      aHalf(),
      aHalf({ mechanism: "s3", location: "network/terraform.tfstate.tflock", awsRequestIds: ["S3REQ"] }),
    ],
    ...over,
  };
}

export function aHalf(over: object = {}): object {
  return {
    mechanism: "dynamodb",
    sourceId: "dynamodb:payments-prod:eu-west-1:terraform-locks",
    location: "acme-tfstate/network/terraform.tfstate",
    rawBase64: "eyJJRCI6InNlY3JldCJ9",
    outcome: "released",
    detail: "Deleted.",
    awsRequestIds: ["DDBREQ1", "DDBREQ2"],
    ...over,
  };
}

/** Text that somebody may put into a lock, a reason or a state path: the corpus, its pieces joined, and anything at all. */
export const hostileText = fc.oneof(
  fc.constantFrom(...HOSTILE_FIELDS.map(({ value }) => value)),
  fc
    .array(
      fc.constantFrom(
        "=",
        "+",
        "-",
        "@",
        "＝",
        "＠",
        "\t",
        "\r",
        "\n",
        '"',
        "'",
        ",",
        ";",
        "|",
        "\\",
        " ",
        "\u00a0",
        "\ufeff",
        "1",
        "a",
        "act=",
      ),
      {
        maxLength: 12,
      },
    )
    .map((parts) => parts.join("")),
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 20 }).map((units) => String.fromCharCode(...units)),
);

/** Lines of the trail with hostile text in every field that anybody but us can fill. */
export const hostileLine = fc
  .record({
    seq: fc.integer({ min: 1, max: 1_000_000 }),
    action: fc.oneof(fc.constantFrom(...ACTIONS), hostileText),
    name: hostileText,
    text: fc.array(hostileText, { minLength: 9, maxLength: 9 }),
    outcome: fc.oneof(fc.constantFrom(...OUTCOMES), hostileText),
  })
  .map(({ seq, action, name, text: [a, b, c, d, e, f, g, h, i], outcome }) =>
    aLine({
      seq,
      action,
      actor: { kind: "person", name, authenticatedBy: i },
      requestId: a ?? null,
      unlockId: b ?? null,
      details: unlockDetails({
        account: c,
        statePath: d,
        lockId: e,
        who: f,
        reason: g,
        outcome,
        halves: [aHalf({ mechanism: h, location: d, detail: f, awsRequestIds: [a, g] })],
        [String(i)]: { [String(h)]: g },
      }),
    }),
  );

/** Lines that are no lines of ours at all. */
export const foreignLine = fc.record({
  seq: fc.integer({ min: 1, max: 1_000_000 }),
  line: fc.oneof(
    hostileText,
    fc.json(),
    fc.constant(""),
    fc.constant('{"event":{"details":[1],"actor":7,"at":"soon"}}'),
  ),
});
