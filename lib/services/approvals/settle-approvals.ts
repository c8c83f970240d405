import { FULL_ACCESS } from "#lib/domain/access/access.ts";
import { type Approval, isOfLock, isOpenState } from "#lib/domain/approval.ts";
import type { Lock } from "#lib/domain/lock.ts";
import { answerInTime, recordInTime } from "#lib/services/in-time.ts";
import { listAllLocks } from "#lib/services/locks/list-locks.ts";
import type { Context } from "#lib/services/ports/context.ts";
import { describeApprovalStep, KEEPER } from "./approval-event.ts";

/**
 * Ends every open request that has expired, or whose lock changed or went as far as the list knows. Of all replicas one does
 * this at a time; each read of a request settles that one too.
 */
export async function settleApprovals(ctx: Context): Promise<{ readonly settled: number }> {
  const settled = await ctx.leadership.lead("settle-approvals", async () => {
    const open = await ctx.approvals.listOpen();
    const after = await settleAll(ctx, open);
    return after.filter(({ state }) => !isOpenState(state)).length;
  });
  return { settled: settled ?? 0 };
}

/** These requests as they are now, those ended that time or the lock has ended. */
export async function settleAll(ctx: Context, approvals: readonly Approval[]): Promise<readonly Approval[]> {
  if (!approvals.some(({ state }) => isOpenState(state))) return approvals;
  const locks = new Map((await listEveryLock(ctx)).map((lock) => [lock.key, lock]));
  const settled: Approval[] = [];
  for (const approval of approvals) settled.push(await settleOne(ctx, approval, locks.get(approval.lockKey)));
  return settled;
}

/** One request as it is now. */
export async function settleApproval(ctx: Context, approval: Approval): Promise<Approval> {
  return (await settleAll(ctx, [approval]))[0] ?? approval;
}

/** Whether a lock still stands is not for the reader's scope to say. */
function listEveryLock(ctx: Context): Promise<readonly Lock[]> {
  return listAllLocks({ ...ctx, access: FULL_ACCESS });
}

async function settleOne(ctx: Context, approval: Approval, lock: Lock | undefined): Promise<Approval> {
  if (!isOpenState(approval.state)) return approval;
  if (approval.expiresAtMs <= ctx.now()) return endByItself(ctx, approval, "expired", null);
  if (lock === undefined) return voidApproval(ctx, approval, "The lock is gone.");
  const { lockId, fingerprint } = lock;
  if (isOfLock(approval, { lockKey: lock.key, lockId, fingerprint })) return approval;
  return voidApproval(ctx, approval, "The lock changed since it was asked for.");
}

/** Ends a request whose lock, or whose approver, is not what it was. */
export function voidApproval(ctx: Context, approval: Approval, why: string): Promise<Approval> {
  return endByItself(ctx, approval, "void", why);
}

async function endByItself(
  ctx: Context,
  approval: Approval,
  to: "expired" | "void",
  note: string | null,
): Promise<Approval> {
  const { id, state } = approval;
  if (!isOpenState(state)) return approval;
  const action = to === "expired" ? "approval.expired" : "approval.voided";
  const entry = describeApprovalStep(ctx, action, approval, { actor: KEEPER, problem: note });
  const end = { id, from: state, to, by: KEEPER, atMs: ctx.now(), note, entry };
  await recordInTime(ctx, () => ctx.approvals.end(end));
  // Whoever was first, what is stored now is what it is.
  return (await answerInTime(ctx, ctx.approvals.find(id))) ?? approval;
}
