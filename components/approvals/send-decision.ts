import { type ApiProblem, isRecord, LOST_ANSWER, parseProblem } from "#components/api/call.ts";
import type { ApprovalDetail, ApprovalView } from "#lib/domain/approval-view.ts";

export type Decision = "approve" | "deny" | "withdraw";
export type DecisionReply = { readonly kind: "done" } | { readonly kind: "declined"; readonly problem: ApiProblem };

/** Tells the server what somebody decided. Asked again it does no harm: a request is decided once. */
export function sendDecision(id: string, decision: Decision, comment: string): Promise<DecisionReply> {
  return post(`/api/v1/approvals/${encodeURIComponent(id)}`, { decision, comment });
}

/** Tells the server what somebody found who looked into broken glass. */
export function sendReview(unlockId: string, comment: string): Promise<DecisionReply> {
  return post(`/api/v1/unlocks/${encodeURIComponent(unlockId)}/review`, { comment });
}

/** The request as it is now; null where it could not be read. */
export async function fetchApproval(id: string, signal: AbortSignal): Promise<ApprovalDetail | null> {
  try {
    const response = await fetch(`/api/v1/approvals/${encodeURIComponent(id)}`, { cache: "no-store", signal });
    const body: unknown = await response.json();
    return response.ok && isApproval<ApprovalDetail>(body) ? body : null;
  } catch {
    return null;
  }
}

/** Our own server answers whole requests or none. */
export function isApproval<View extends ApprovalView>(body: unknown): body is View {
  return isRecord(body) && typeof body["id"] === "string" && typeof body["state"] === "string";
}

async function post(path: string, body: unknown): Promise<DecisionReply> {
  try {
    const response = await fetch(path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    const answer: unknown = await response.json();
    return response.ok ? { kind: "done" } : { kind: "declined", problem: parseProblem(answer, response.status) };
  } catch {
    return { kind: "declined", problem: LOST_ANSWER };
  }
}
