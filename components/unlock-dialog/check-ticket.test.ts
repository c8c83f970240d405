import { expect, test } from "vitest";
import type { UnlockTermsView } from "#lib/domain/approval-view.ts";
import { findMissingTicket } from "./check-ticket.ts";

const TERMS: UnlockTermsView = {
  findings: [],
  verdict: "allowed",
  tickets: [["INC-#", "OPS-#"], ["CHG-#"]],
  approvers: [],
  approval: null,
  breakGlass: null,
};

test("a reason that lacks a ticket is told which before it is sent", () => {
  expect(findMissingTicket(TERMS, "it died")).toBe("Name a ticket of the form INC-# or OPS-#.");
  expect(findMissingTicket(TERMS, "OPS-1: it died")).toBe("Name a ticket of the form CHG-#.");
  expect(findMissingTicket(TERMS, "OPS-1, CHG-2: it died")).toBeNull();
  expect(findMissingTicket(null, "it died")).toBeNull();
});
