import type { ApprovalState } from "./approval.ts";

/** Everything that can happen to a request for approval. */
export const APPROVAL_EVENTS = ["approve", "deny", "withdraw", "expire", "void", "use"] as const;
export type ApprovalEvent = (typeof APPROVAL_EVENTS)[number];

export type ApprovalStep =
  | { readonly verdict: "next"; readonly state: ApprovalState }
  | { readonly verdict: "not_allowed"; readonly problem: string };

const LEADS_TO: Readonly<Record<ApprovalEvent, ApprovalState>> = {
  approve: "approved",
  deny: "denied",
  withdraw: "withdrawn",
  expire: "expired",
  void: "void",
  use: "used",
};

/** The life of a request. What was approved may still be taken back, and whatever has ended stays as it ended. */
export function stepApproval(state: ApprovalState, event: ApprovalEvent): ApprovalStep {
  const problem = whyNot(state, event);
  return problem === null ? { verdict: "next", state: LEADS_TO[event] } : { verdict: "not_allowed", problem };
}

const ENDED: Readonly<Partial<Record<ApprovalState, string>>> = {
  denied: "It was denied.",
  withdrawn: "It was withdrawn.",
  expired: "It has expired.",
  void: "It is void.",
  used: "It has been used.",
};

function whyNot(state: ApprovalState, event: ApprovalEvent): string | null {
  const ended = ENDED[state];
  if (ended !== undefined) return ended;
  if (state === "pending") return event === "use" ? "Nobody has approved it." : null;
  return event === "approve" ? "It is approved already." : null;
}
