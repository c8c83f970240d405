import { expect, test } from "vitest";
import { parseAuditLine } from "./audit-event.ts";

test("a line shows who did what to which state", () => {
  const line = JSON.stringify({
    v: 1,
    seq: 7,
    hash: "ab",
    event: {
      at: "2026-11-23T03:38:13.000Z",
      action: "unlock.outcome",
      actor: { kind: "person", name: "ana", authenticatedBy: "local" },
      unlockId: "01A",
      details: { statePath: "acme/network.tfstate", outcome: "released" },
    },
  });

  expect(parseAuditLine({ seq: 7, line })).toEqual({
    seq: 7,
    line,
    at: "2026-11-23T03:38:13.000Z",
    action: "unlock.outcome",
    actor: "ana",
    subject: "acme/network.tfstate",
    outcome: "released",
    unlockId: "01A",
    hash: "ab",
  });
});

test.each(["", "null", "[]", '{"event":7}', '{"event":{"actor":null,"details":"x"}}', '{"__proto__":{"hash":"x"}}'])(
  "a line that is not one of ours is shown, not thrown: %j",
  (line) => {
    expect(parseAuditLine({ seq: 1, line })).toMatchObject({ seq: 1, line, action: "unreadable line", hash: null });
  },
);
