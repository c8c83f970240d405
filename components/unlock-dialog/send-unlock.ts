import { isRecord } from "#components/api/call.ts";
import { isApproval } from "#components/approvals/send-decision.ts";
import { isRecorded, type Reply, sendRecorded } from "#components/recorded-action/send-recorded.ts";
import type { ApprovalView } from "#lib/domain/approval-view.ts";
import type { UnlockView } from "#lib/domain/unlock-view.ts";

export type UnlockWish = {
  readonly key: string;
  readonly lockId: string | null;
  readonly fingerprint: string;
  readonly reason: string;
  /** Past approval and cool-down. */
  readonly breakGlass?: boolean;
};

/** Asks for the unlock; with the same key the delete is sent once at most. It may have to wait for a second person first. */
export function sendUnlock(wish: UnlockWish, idempotencyKey: string): Promise<Reply<UnlockView, WaitingReply>> {
  return sendRecorded<UnlockView, WaitingReply>("/api/v1/unlocks", wish, idempotencyKey, readWaiting);
}

/** Nothing was done yet: a second person has been asked. */
export type WaitingReply = { readonly kind: "waiting"; readonly approval: ApprovalView };

function readWaiting(body: unknown): WaitingReply | null {
  if (!isRecord(body) || body["outcome"] !== "waiting" || !isApproval(body["approval"])) return null;
  return { kind: "waiting", approval: body["approval"] };
}

/** The record as it is now; null where it could not be read. */
export async function fetchUnlock<View extends UnlockView = UnlockView>(id: string): Promise<View | null> {
  try {
    const response = await fetch(`/api/v1/unlocks/${encodeURIComponent(id)}`, { cache: "no-store" });
    const body: unknown = await response.json();
    return response.ok && isRecorded<View>(body) ? body : null;
  } catch {
    return null;
  }
}
