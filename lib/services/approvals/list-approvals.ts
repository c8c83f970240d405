import { FULL_ACCESS } from "#lib/domain/access/access.ts";
import { mayAtAll } from "#lib/domain/access/places.ts";
import { APPROVAL_STATES, type Approval, isOfLock, isOpenState, whyNotSecondPerson } from "#lib/domain/approval.ts";
import type { ApprovalDetail, ApprovalView, LockNow } from "#lib/domain/approval-view.ts";
import { answerInTime } from "#lib/services/in-time.ts";
import { listAllLocks } from "#lib/services/locks/list-locks.ts";
import type { Context } from "#lib/services/ports/context.ts";
import { toApprovalView } from "./approval-views.ts";
import { findApproval, isOwnRequest, mayDecide, maySeeApproval, placesOfApproval } from "./find-approval.ts";
import { settleAll } from "./settle-approvals.ts";

export const APPROVAL_LISTS = ["waiting", "yours", "past"] as const;
/** `waiting` for the reader to decide, the open ones that are `yours`, and `past` ones that the reader may see. */
type ApprovalList = (typeof APPROVAL_LISTS)[number];

export type ListApprovalsInput = {
  readonly list?: ApprovalList | undefined;
  readonly account?: string | undefined;
  readonly before?: string | undefined;
  readonly limit: number;
};

/** Requests that the actor may see, newest first, as they are now, and the cursor of the next page. */
export async function listApprovals(
  ctx: Context,
  { list, account, limit, ...from }: ListApprovalsInput,
): Promise<{ approvals: readonly ApprovalView[]; nextCursor: string | null }> {
  const page: Approval[] = [];
  let { before } = from;
  for (;;) {
    const filter = { states: statesOf(list), account, before, limit: limit + 1 };
    const stored = await answerInTime(ctx, ctx.approvals.list(filter));
    for (const approval of await settleAll(ctx, stored)) {
      if (!belongsTo(ctx, approval, list)) continue;
      if (page.length === limit) return { approvals: view(ctx, page), nextCursor: page.at(-1)?.id ?? null };
      page.push(approval);
    }
    before = stored.at(-1)?.id;
    if (stored.length <= limit || before === undefined) return { approvals: view(ctx, page), nextCursor: null };
  }
}

/** How many requests wait for the actor to decide: for the mark beside the page's name, so nothing is settled for it. */
export async function countWaiting(ctx: Context): Promise<number> {
  const open = await answerInTime(ctx, ctx.approvals.listOpen());
  return open.filter((approval) => approval.expiresAtMs > ctx.now() && belongsTo(ctx, approval, "waiting")).length;
}

/** One request, with its lock then and now, and who may approve it; `not_found` where the actor may not see it. */
export async function getApproval(ctx: Context, id: string): Promise<ApprovalDetail> {
  const approval = await findApproval(ctx, id);
  return {
    ...toApprovalView(ctx, approval),
    shown: approval.shown,
    lockNow: await readLockNow(ctx, approval),
    approvers: ctx.nameApprovers(placesOfApproval(approval)),
    cannotDecide: whyNotDecide(ctx, approval),
  };
}

function view(ctx: Context, approvals: readonly Approval[]): readonly ApprovalView[] {
  return approvals.map((approval) => toApprovalView(ctx, approval));
}

function statesOf(list: ApprovalList | undefined): readonly Approval["state"][] | undefined {
  switch (list) {
    case "waiting":
      return ["pending"];
    case "yours":
      return APPROVAL_STATES.filter(isOpenState);
    case "past":
      return APPROVAL_STATES.filter((state) => !isOpenState(state));
    case undefined:
      return undefined;
  }
}

/** A request may have ended since it was read, or be of somebody else. */
function belongsTo(ctx: Context, approval: Approval, list: ApprovalList | undefined): boolean {
  switch (list) {
    case "waiting":
      return approval.state === "pending" && mayDecide(ctx, approval);
    case "yours":
      return isOpenState(approval.state) && isOwnRequest(ctx, approval) && maySeeApproval(ctx, approval);
    case "past":
      return !isOpenState(approval.state) && maySeeApproval(ctx, approval);
    case undefined:
      return maySeeApproval(ctx, approval);
  }
}

function whyNotDecide(ctx: Context, approval: Approval): string | null {
  if (!mayAtAll(ctx.access, "unlocks.approve", placesOfApproval(approval)))
    return "Your access does not allow you to approve unlocks here.";
  return whyNotSecondPerson(approval.requester, ctx.actor);
}

async function readLockNow(ctx: Context, approval: Approval): Promise<LockNow> {
  const locks = await listAllLocks({ ...ctx, access: FULL_ACCESS });
  const lock = locks.find(({ key }) => key === approval.lockKey);
  if (lock === undefined) return { verdict: "gone" };
  const { lockId, fingerprint, summary, evidence } = lock;
  const isSame = isOfLock(approval, { lockKey: lock.key, lockId, fingerprint });
  return { verdict: isSame ? "same" : "changed", summary, evidence };
}
