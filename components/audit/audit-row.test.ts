import fc from "fast-check";
import { expect, test } from "vitest";
import { aLine, foreignLine, hostileLine, unlockDetails } from "#lib/domain/audit-export/testing/audit-lines.ts";
import { toAuditRow } from "./audit-row.ts";

test("a line shows who did what to which state", () => {
  const given = aLine({ seq: 7, details: unlockDetails({ statePath: "acme/network.tfstate", outcome: "released" }) });

  expect(toAuditRow(given)).toEqual({
    seq: 7,
    line: given.line,
    isCut: false,
    at: "2026-11-23T03:40:00.000Z",
    action: "unlock.outcome",
    actor: "riley",
    subject: "acme/network.tfstate",
    outcome: "released",
    unlockId: "01UNLOCK",
  });
});

test("an intent shows no outcome: it stands before it", () => {
  expect(toAuditRow(aLine({ action: "unlock.intent", details: unlockDetails({ outcome: "unknown" }) })).outcome).toBe(
    null,
  );
});

test.each([
  ["audit.exported", { format: "csv", events: 1234 }, "csv, 1,234 events"],
  ["audit.exported", {}, null],
  ["audit.key_rotated", { previousKeyId: "0a0b0c0d", newKeyId: "1a1b1c1d" }, "0a0b0c0d to 1a1b1c1d"],
  ["config.changed", { added: [], removed: [], changed: [] }, null],
  ["config.changed", { added: ["source a", 7], changed: ["scan"] }, "added source a; changed scan"],
  ["unlock.invalid", { problem: "The reason is too short." }, "The reason is too short."],
])("%s with %j is about %s", (action, details, subject) => {
  expect(toAuditRow(aLine({ action, details })).subject).toBe(subject);
});

test("a line that is not one of ours, or one full of hostile text, is shown and never thrown", () => {
  fc.assert(
    fc.property(fc.oneof(foreignLine, hostileLine), (given) => {
      const row = toAuditRow(given);
      expect(row.seq).toBe(given.seq);
      expect(given.line.startsWith(row.line)).toBe(true);
    }),
  );
});

test("a very long line is cut, and says so", () => {
  const row = toAuditRow(aLine({ details: unlockDetails({ reason: "x".repeat(100_000) }) }));

  expect(row).toMatchObject({ isCut: true, action: "unlock.outcome" });
  expect(row.line.length).toBeLessThan(30_000);
});
