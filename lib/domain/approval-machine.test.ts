import { expect, test } from "vitest";
import { APPROVAL_STATES, type ApprovalState, isOpenState } from "./approval.ts";
import { APPROVAL_EVENTS, type ApprovalEvent, stepApproval } from "./approval-machine.ts";

const NO = "not allowed";

/** What each event makes of each state. */
const TABLE: Readonly<Record<ApprovalState, Readonly<Record<ApprovalEvent, ApprovalState | typeof NO>>>> = {
  pending: {
    approve: "approved",
    deny: "denied",
    withdraw: "withdrawn",
    expire: "expired",
    void: "void",
    use: NO,
  },
  approved: { approve: NO, deny: "denied", withdraw: "withdrawn", expire: "expired", void: "void", use: "used" },
  denied: { approve: NO, deny: NO, withdraw: NO, expire: NO, void: NO, use: NO },
  withdrawn: { approve: NO, deny: NO, withdraw: NO, expire: NO, void: NO, use: NO },
  expired: { approve: NO, deny: NO, withdraw: NO, expire: NO, void: NO, use: NO },
  void: { approve: NO, deny: NO, withdraw: NO, expire: NO, void: NO, use: NO },
  used: { approve: NO, deny: NO, withdraw: NO, expire: NO, void: NO, use: NO },
};

const CASES = APPROVAL_STATES.flatMap((state) =>
  APPROVAL_EVENTS.map((event) => [state, event, TABLE[state][event]] as const),
);

test.each(CASES)("%s, then %s: %s", (state, event, expected) => {
  const step = stepApproval(state, event);

  if (expected === NO) expect(step).toEqual({ verdict: "not_allowed", problem: expect.stringMatching(/\w.*\.$/) });
  else expect(step).toEqual({ verdict: "next", state: expected });
});

test("only what was approved is ever used, and it is used once", () => {
  const lives = APPROVAL_EVENTS.flatMap((first) =>
    APPROVAL_EVENTS.flatMap((second) => APPROVAL_EVENTS.map((third) => [first, second, third])),
  );
  for (const life of lives) {
    let state: ApprovalState = "pending";
    const passed: ApprovalState[] = [state];
    for (const event of life) {
      const step = stepApproval(state, event);
      if (step.verdict === "not_allowed") continue;
      state = step.state;
      passed.push(state);
    }
    expect(passed.filter((each) => each === "used").length).toBeLessThanOrEqual(1);
    if (passed.includes("used")) expect(passed).toEqual(["pending", "approved", "used"]);
    expect(new Set(passed).size, "no state comes twice").toBe(passed.length);
  }
});

test("only what is pending or approved is open", () => {
  expect(APPROVAL_STATES.filter(isOpenState)).toEqual(["pending", "approved"]);
});
