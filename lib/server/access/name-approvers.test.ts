import { expect, test } from "vitest";
import { EVERYWHERE } from "#lib/domain/access/scope.ts";
import type { RoleRule } from "#lib/server/config/access-config.ts";
import { nameApprovers } from "./name-approvers.ts";

const IN_PAYMENTS = { account: "payments", bucket: "tfstate", stateKey: "network/terraform.tfstate" };
const IN_SHARED = { account: "shared", bucket: "tfstate", stateKey: "network/terraform.tfstate" };

function rule(over: Partial<RoleRule>): RoleRule {
  return { effect: "allow", role: "approver", groups: [], people: [], scope: EVERYWHERE, ...over };
}

const RULES = [
  rule({ groups: ["sre-leads"], people: ["ada@acme.example"] }),
  rule({ groups: ["payments-leads"], scope: { ...EVERYWHERE, accounts: ["payments"] } }),
  rule({ groups: ["shared-leads", "payments-leads"], scope: { ...EVERYWHERE, accounts: ["shared"] } }),
  rule({ role: "admin", people: ["root@acme.example"] }),
  rule({ role: "unlocker", groups: ["engineers"] }),
];

test("names who may approve at a place, by group and by person", () => {
  const names = ["ada@acme.example", "payments-leads", "root@acme.example", "sre-leads"];

  expect(nameApprovers(RULES, [IN_PAYMENTS])).toEqual(names);
});

test("of two places only who may approve at both is named, by whichever rules", () => {
  const names = ["ada@acme.example", "payments-leads", "root@acme.example", "sre-leads"];

  expect(nameApprovers(RULES, [IN_PAYMENTS, IN_SHARED])).toEqual(names);
  expect(nameApprovers(RULES, [IN_SHARED])).toContain("shared-leads");
  expect(nameApprovers(RULES, [IN_PAYMENTS, IN_SHARED])).not.toContain("shared-leads");
});

test("whom a denial takes it from is not named", () => {
  const denied = [...RULES, rule({ effect: "deny", people: ["ada@acme.example"] })];

  expect(nameApprovers(denied, [IN_PAYMENTS])).not.toContain("ada@acme.example");
});

test("without a place or a rule nobody is named", () => {
  expect(nameApprovers(RULES, [])).toEqual([]);
  expect(nameApprovers([], [IN_PAYMENTS])).toEqual([]);
});
