import fc from "fast-check";
import { expect, test } from "vitest";
import { formatAuditActor, parseAuditEvent, UNREADABLE_LINE } from "./audit-event.ts";
import { formatHalves, readFacts } from "./audit-facts.ts";
import { aLine, foreignLine, unlockDetails } from "./testing/audit-lines.ts";

test("a line is read with its number, its hash and everything the event says", () => {
  const event = parseAuditEvent(aLine({ seq: 12 }));

  expect(event).toEqual({
    seq: 12,
    hash: "ab".repeat(32),
    at: "2026-11-23T03:40:00.000Z",
    atMs: Date.UTC(2026, 10, 23, 3, 40),
    action: "unlock.outcome",
    actor: { kind: "person", name: "riley", authenticatedBy: "local" },
    requestId: "01REQUEST",
    unlockId: "01UNLOCK",
    details: unlockDetails(),
  });
  expect(formatAuditActor(event.actor)).toBe("riley");
});

test("a part of ours is told from a person of the same name", () => {
  const { actor } = parseAuditEvent(aLine({ actor: { kind: "system", name: "reconciler" } }));

  expect(formatAuditActor(actor)).toBe("system:reconciler");
});

test("whatever a line is, it is read as an event of its number", () => {
  fc.assert(
    fc.property(foreignLine, ({ seq, line }) => {
      const event = parseAuditEvent({ seq, line });
      expect(event.seq).toBe(seq);
      expect(() => readFacts(event)).not.toThrow();
    }),
  );
  expect(parseAuditEvent({ seq: 3, line: "nonsense" })).toMatchObject({ seq: 3, action: UNREADABLE_LINE, details: {} });
});

test("a line of arrays, nested deeper than a stack, is not ours and breaks nothing", () => {
  const line = `{"event":${"[".repeat(200_000)}${"]".repeat(200_000)}}`;

  expect(parseAuditEvent({ seq: 1, line }).action).toBe(UNREADABLE_LINE);
});

test("fields that a record inherits are not fields of an event", () => {
  const line = '{"__proto__":{"hash":"forged"},"event":{"__proto__":{"action":"forged"}}}';

  expect(parseAuditEvent({ seq: 1, line })).toMatchObject({ hash: null, action: UNREADABLE_LINE });
});

test("the facts of an unlock are its subject, its outcome and the request ids of each half", () => {
  const facts = readFacts(parseAuditEvent(aLine()));

  expect(facts).toMatchObject({
    account: "payments-prod",
    statePath: "acme-tfstate/network/terraform.tfstate",
    outcome: "released",
    awsRequestIds: ["DDBREQ1", "DDBREQ2", "S3REQ"],
  });
  expect(formatHalves(facts)).toBe("dynamodb=released; s3=released");
});

test("an intent has no outcome, though its record says unknown", () => {
  const line = aLine({ action: "unlock.intent", details: unlockDetails({ outcome: "unknown" }) });

  expect(readFacts(parseAuditEvent(line)).outcome).toBeNull();
});
