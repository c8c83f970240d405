import { expect, test } from "vitest";
import { isKnownAction } from "#lib/domain/audit-export/audit-class.ts";
import { ACTIONS } from "#lib/domain/audit-export/testing/audit-lines.ts";
import { AUDIT_ACTIONS, nameAuditAction } from "./action-words.ts";

test("every action of this version has a name, and can be filtered by", () => {
  const known = ACTIONS.filter(isKnownAction);

  expect(AUDIT_ACTIONS.map(({ value }) => value).toSorted()).toEqual(known.toSorted());
  expect(new Set(AUDIT_ACTIONS.map(({ label }) => label)).size).toBe(known.length);
});

test("an action of a later version is called what it is", () => {
  expect(nameAuditAction("approval.granted")).toBe("approval.granted");
});
