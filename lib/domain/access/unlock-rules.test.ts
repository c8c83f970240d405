import { expect, test } from "vitest";
import { aPolicy } from "#lib/domain/testing/a-policy.ts";
import { EVERYWHERE, type Scope } from "./scope.ts";
import { minAgeOf, rateWindowMs, strictestRules } from "./unlock-rules.ts";

const MINUTE_MS = 60_000;
const IN_PAYMENTS = { account: "payments", bucket: "tfstate", stateKey: "network/terraform.tfstate" };
const IN_SHARED = { account: "shared", bucket: "tfstate", stateKey: "network/terraform.tfstate" };

function scopeOf(account: string): Scope {
  return { ...EVERYWHERE, accounts: [account] };
}

test("without a policy nothing is asked, and there is no glass to break", () => {
  expect(strictestRules([], [IN_PAYMENTS])).toEqual({
    hasPolicy: false,
    tickets: [],
    minAgeMs: {},
    coolDownMs: 0,
    rates: [],
    isApprovalRequired: false,
    approvalExpiresMs: 60 * MINUTE_MS,
    isBreakGlassAllowed: false,
  });
});

test("a policy applies where its scope reaches any place of the lock", () => {
  const policies = [aPolicy({ scope: scopeOf("shared"), isApprovalRequired: true })];

  expect(strictestRules(policies, [IN_PAYMENTS]).isApprovalRequired).toBe(false);
  expect(strictestRules(policies, [IN_SHARED]).isApprovalRequired).toBe(true);
  expect(strictestRules(policies, [IN_PAYMENTS, IN_SHARED]).isApprovalRequired).toBe(true);
});

test("a policy for a part applies to a place of which no key is known", () => {
  const scope = { ...EVERYWHERE, statePaths: ["tfstate/network/**"] };
  const rules = strictestRules([aPolicy({ scope })], [{ ...IN_PAYMENTS, stateKey: null }]);

  expect(rules.hasPolicy).toBe(true);
});

test("of each part the strictest counts, whichever policy has it and in whatever order", () => {
  const one = aPolicy({
    ticket: ["INC-#", "OPS-#"],
    minAgeMs: { apply: 15 * MINUTE_MS, plan: MINUTE_MS },
    coolDownMs: 2 * MINUTE_MS,
    rate: { unlocks: 3, perMs: 10 * MINUTE_MS },
  });
  const two = aPolicy({
    ticket: ["CHG-#"],
    minAgeMs: { plan: 5 * MINUTE_MS },
    coolDownMs: 5 * MINUTE_MS,
    rate: { unlocks: 20, perMs: 60 * MINUTE_MS },
    isApprovalRequired: true,
    approvalExpiresMs: 30 * MINUTE_MS,
    isBreakGlassAllowed: false,
  });

  for (const policies of [
    [one, two],
    [two, one],
  ]) {
    const rules = strictestRules(policies, [IN_PAYMENTS]);
    expect(rules).toMatchObject({
      hasPolicy: true,
      minAgeMs: { apply: 15 * MINUTE_MS, plan: 5 * MINUTE_MS },
      coolDownMs: 5 * MINUTE_MS,
      isApprovalRequired: true,
      approvalExpiresMs: 30 * MINUTE_MS,
      isBreakGlassAllowed: false,
    });
    expect(rules.tickets).toHaveLength(2);
    expect(rules.rates).toHaveLength(2);
    expect(rateWindowMs(rules)).toBe(60 * MINUTE_MS);
  }
});

test("a policy that never asks for approval does not say when one expires", () => {
  const asking = aPolicy({ isApprovalRequired: true, approvalExpiresMs: 240 * MINUTE_MS });

  expect(strictestRules([asking, aPolicy()], [IN_PAYMENTS]).approvalExpiresMs).toBe(240 * MINUTE_MS);
});

test("an operation that nobody knows must be as old as any of them", () => {
  const rules = { minAgeMs: { apply: 15 * MINUTE_MS, plan: MINUTE_MS } };

  expect(minAgeOf(rules, "plan")).toBe(MINUTE_MS);
  expect(minAgeOf(rules, "other")).toBe(0);
  expect(minAgeOf(rules, null)).toBe(15 * MINUTE_MS);
  expect(minAgeOf({ minAgeMs: {} }, null)).toBe(0);
});
