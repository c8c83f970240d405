import { expect, test } from "vitest";
import { aPolicy } from "#lib/domain/testing/a-policy.ts";
import { concludeFrom, judgeUnlock, type UnlockQuestion } from "./judge-unlock.ts";
import type { UnlockPolicy } from "./unlock-policy.ts";
import { strictestRules } from "./unlock-rules.ts";

const MINUTE_MS = 60_000;
const NOW_MS = Date.UTC(2026, 10, 27, 3);
/** AWS's clock is ahead of ours, so that a test notices which one counts. */
const AWS_NOW_MS = NOW_MS + 7 * MINUTE_MS;
const PLACE = { account: "payments", bucket: "tfstate", stateKey: "network/terraform.tfstate" };

function ask(policy: Partial<UnlockPolicy> | null, over: Partial<UnlockQuestion> = {}): UnlockQuestion {
  return {
    rules: strictestRules(policy === null ? [] : [aPolicy(policy)], [PLACE]),
    reason: "the runner died",
    operation: "OperationTypeApply",
    ageMs: 60 * MINUTE_MS,
    stateWrittenAtMs: null,
    awsNowMs: AWS_NOW_MS,
    intentsAtMs: [],
    nowMs: NOW_MS,
    isAlone: false,
    isBreakGlass: false,
    ...over,
  };
}

function conclude(question: UnlockQuestion) {
  return concludeFrom(judgeUnlock(question));
}

test("without a policy every unlock is allowed, and no rule is named", () => {
  expect(judgeUnlock(ask(null, { ageMs: null }))).toEqual([]);
  expect(conclude(ask(null))).toEqual({ verdict: "allowed" });
});

test.each([
  ["INC-12: the runner died", "allowed"],
  ["OPS-4: the runner died", "allowed"],
  ["the runner died", "refused"],
  ["INC-twelve", "refused"],
  [null, "allowed"],
])("a reason of %j with tickets asked for is %s", (reason, verdict) => {
  expect(conclude(ask({ ticket: ["INC-#", "OPS-#"] }, { reason })).verdict).toBe(verdict);
});

test("of two policies with tickets each must be named", () => {
  const rules = strictestRules([aPolicy({ ticket: ["INC-#"] }), aPolicy({ ticket: ["CHG-#"] })], [PLACE]);

  expect(conclude({ ...ask(null), rules, reason: "INC-1 alone" }).verdict).toBe("refused");
  expect(conclude({ ...ask(null), rules, reason: "INC-1 and CHG-2" }).verdict).toBe("allowed");
});

test.each([
  ["OperationTypeApply", 15 * MINUTE_MS, "allowed"],
  ["OperationTypeApply", 15 * MINUTE_MS - 1, "refused"],
  ["OperationTypeApply", 0, "refused"],
  ["OperationTypeApply", null, "refused"],
  ["OperationTypePlan", MINUTE_MS, "allowed"],
  ["OperationTypePlan", MINUTE_MS - 1, "refused"],
  ["state-rm", 0, "allowed"],
  ["a word of a later version", 15 * MINUTE_MS - 1, "refused"],
  ["a word of a later version", 15 * MINUTE_MS, "allowed"],
  [null, 15 * MINUTE_MS - 1, "refused"],
])("a lock of %j that is %j ms old is %s", (operation, ageMs, verdict) => {
  const policy = { minAgeMs: { apply: 15 * MINUTE_MS, plan: MINUTE_MS } };

  expect(conclude(ask(policy, { operation, ageMs })).verdict).toBe(verdict);
  expect(conclude(ask(policy, { operation, ageMs, isBreakGlass: true })).verdict, "breaking the glass").toBe(verdict);
});

test("a lock that is too young is told when it will be old enough, by AWS's clock", () => {
  const [finding] = judgeUnlock(ask({ minAgeMs: { apply: 15 * MINUTE_MS } }, { ageMs: 3 * MINUTE_MS }));

  expect(finding).toEqual({
    rule: "minimum_age",
    verdict: "refused",
    text: "The lock of an apply must be 15 min old, and it is 3 min: from 2026-11-27T03:19:00Z on.",
    passesAtMs: AWS_NOW_MS + 12 * MINUTE_MS,
  });
});

test.each([
  ["just now", 0, "refused"],
  ["almost as long ago as is asked", 5 * MINUTE_MS - 1, "refused"],
  ["as long ago as is asked", 5 * MINUTE_MS, "allowed"],
  ["at a time that is yet to come", -MINUTE_MS, "refused"],
])("a state written %s is %s by its cool-down", (_when, agoMs, verdict) => {
  const question = ask({ coolDownMs: 5 * MINUTE_MS }, { stateWrittenAtMs: AWS_NOW_MS - agoMs });

  expect(conclude(question).verdict).toBe(verdict);
  expect(conclude({ ...question, isBreakGlass: true }).verdict).toBe("allowed");
});

test("a cool-down is not held against a state whose last write is not known, and says so", () => {
  const question = ask({ coolDownMs: 5 * MINUTE_MS });

  expect(conclude(question)).toEqual({ verdict: "allowed" });
  expect(judgeUnlock(question)).toMatchObject([{ rule: "cool_down", verdict: "unknown" }]);
});

test("a cool-down tells when it is over, and that the glass was broken past it", () => {
  const question = ask({ coolDownMs: 5 * MINUTE_MS }, { stateWrittenAtMs: AWS_NOW_MS - MINUTE_MS });
  const passesAtMs = AWS_NOW_MS + 4 * MINUTE_MS;

  expect(judgeUnlock(question)).toMatchObject([{ rule: "cool_down", verdict: "refused", passesAtMs }]);
  expect(judgeUnlock({ ...question, isBreakGlass: true })).toMatchObject([
    { rule: "cool_down", verdict: "skipped", passesAtMs },
    { rule: "break_glass", verdict: "met" },
  ]);
});

const THREE_IN_TEN = { rate: { unlocks: 3, perMs: 10 * MINUTE_MS } };

test.each([
  ["no unlock before", [], "allowed"],
  ["two within the time", [-9, -1], "allowed"],
  ["three within the time", [-9, -5, -1], "needs_approval"],
  ["three of which one is just past the time", [-10, -5, -1], "allowed"],
  ["four", [-9, -8, -5, -1], "needs_approval"],
  ["three that our clock says are yet to come", [1, 2, 3], "needs_approval"],
])("with %s a further one is %s", (_what, minutes, verdict) => {
  const intentsAtMs = minutes.map((minute) => NOW_MS + minute * MINUTE_MS);

  expect(conclude(ask(THREE_IN_TEN, { intentsAtMs })).verdict).toBe(verdict);
  expect(conclude(ask(THREE_IN_TEN, { intentsAtMs, isBreakGlass: true })).verdict).toBe("allowed");
  const alone = verdict === "needs_approval" ? "refused" : verdict;
  expect(conclude(ask(THREE_IN_TEN, { intentsAtMs, isAlone: true })).verdict, "with nobody to ask").toBe(alone);
});

test("whoever is too fast is told from when on it goes without a second person", () => {
  const intentsAtMs = [-9, -8, -5, -1].map((minute) => NOW_MS + minute * MINUTE_MS);

  // Two must have gone from the window before a third is allowed.
  expect(judgeUnlock(ask(THREE_IN_TEN, { intentsAtMs }))).toMatchObject([
    { rule: "rate", verdict: "needs_approval", passesAtMs: NOW_MS + 2 * MINUTE_MS },
  ]);
});

test("of two rates each counts within its own time", () => {
  const hourly = aPolicy({ rate: { unlocks: 4, perMs: 60 * MINUTE_MS } });
  const rules = strictestRules([aPolicy(THREE_IN_TEN), hourly], [PLACE]);
  const intentsAtMs = [-50, -40, -30, -1].map((minute) => NOW_MS + minute * MINUTE_MS);

  const verdicts = judgeUnlock({ ...ask(null), rules, intentsAtMs }).map(({ verdict }) => verdict);
  expect(verdicts).toEqual(["met", "needs_approval"]);
});

test("where approval is required a second person must give it, unless the glass is broken", () => {
  const policy = { isApprovalRequired: true };

  expect(conclude(ask(policy))).toMatchObject({ verdict: "needs_approval" });
  expect(conclude(ask(policy, { isBreakGlass: true })).verdict).toBe("allowed");
  expect(conclude(ask(policy, { isAlone: true })).verdict).toBe("refused");
});

test("the glass is broken only where every policy allows it, and there is one", () => {
  const isBreakGlass = true;

  expect(conclude(ask({}, { isBreakGlass })).verdict).toBe("allowed");
  expect(conclude(ask({ isBreakGlassAllowed: false }, { isBreakGlass })).verdict).toBe("refused");
  expect(conclude(ask(null, { isBreakGlass })).verdict).toBe("refused");
});

test("breaking the glass skips approval and cool-down, and neither ticket nor age", () => {
  const strict = {
    ticket: ["INC-#"],
    minAgeMs: { apply: 15 * MINUTE_MS },
    coolDownMs: 5 * MINUTE_MS,
    rate: { unlocks: 1, perMs: 10 * MINUTE_MS },
    isApprovalRequired: true,
  };
  const findings = judgeUnlock(
    ask(strict, { ageMs: 0, stateWrittenAtMs: AWS_NOW_MS, intentsAtMs: [NOW_MS], isBreakGlass: true }),
  );

  expect(findings.map(({ rule, verdict }) => [rule, verdict])).toEqual([
    ["ticket", "refused"],
    ["minimum_age", "refused"],
    ["cool_down", "skipped"],
    ["rate", "skipped"],
    ["approval", "skipped"],
    ["break_glass", "met"],
  ]);
  expect(concludeFrom(findings).verdict).toBe("refused");
});

test("nobody is asked to approve what would be refused all the same", () => {
  const question = ask({ isApprovalRequired: true, minAgeMs: { apply: 15 * MINUTE_MS } }, { ageMs: 0 });

  expect(conclude(question)).toMatchObject({ verdict: "refused", message: expect.stringContaining("15 min old") });
});
