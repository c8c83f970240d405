import { type Approval, isOpenState, whyNotSecondPerson } from "#lib/domain/approval.ts";
import { type ApprovalEvent, stepApproval } from "#lib/domain/approval-machine.ts";
import { requireFreshSignIn } from "#lib/services/access/fresh-sign-in.ts";
import { requireAt } from "#lib/services/access/permit.ts";
import { recordFew } from "#lib/services/audit/record-few.ts";
import { AppError } from "#lib/services/errors.ts";
import { recordInTime } from "#lib/services/in-time.ts";
import { parseReason } from "#lib/services/parse-request.ts";
import type { Context } from "#lib/services/ports/context.ts";
import { describeApprovalStep } from "./approval-event.ts";
import { checkLock } from "./check-lock.ts";
import { findApproval, isOwnRequest, placesOfApproval } from "./find-approval.ts";
import { voidApproval } from "./settle-approvals.ts";

export const DECISIONS = ["approve", "deny", "withdraw"] as const;
export type Decision = (typeof DECISIONS)[number];

const COMMENT_LENGTH_MAX = 1000;

/**
 * Approves, denies or withdraws a request. Approving takes a second person, who may approve at every half and signed in lately,
 * and a lock that is still exactly as it was. Throws `refused`, `sign_in_again`, `changed` where it has ended, or `invalid`.
 */
export async function decideApproval(
  ctx: Context,
  { id, decision, comment }: { id: string; decision: Decision; comment: string },
): Promise<Approval> {
  const approval = await findApproval(ctx, id);
  const said =
    decision === "deny" ? parseReason(comment, "Say why it is denied: whoever asked reads it.") : parseComment(comment);
  if (decision === "withdraw") requireOwn(ctx, approval);
  else await requireSecondPerson(ctx, approval);
  if (decision === "approve") requireFreshSignIn(ctx);
  requirePossible(approval, decision);
  if (decision === "approve") await requireSameLock(ctx, approval);
  await record(ctx, approval, decision, said);
  return findApproval(ctx, id);
}

function requireOwn(ctx: Context, approval: Approval): void {
  if (isOwnRequest(ctx, approval)) return;
  throw new AppError("Only who asked can withdraw the request.", {
    code: "refused",
    hint: "Nothing was done. Deny it instead, if you may approve it.",
  });
}

async function requireSecondPerson(ctx: Context, approval: Approval): Promise<void> {
  const places = placesOfApproval(approval);
  await requireAt(ctx, "unlocks.approve", places);
  const problem = whyNotSecondPerson(approval.requester, ctx.actor);
  if (problem === null) return;
  await recordFew(ctx, "access.denied", { permission: "unlocks.approve", places, approvalId: approval.id, problem });
  throw new AppError(problem, { code: "refused", hint: "Nothing was done. The request waits for somebody else." });
}

function requirePossible(approval: Approval, event: ApprovalEvent): void {
  const step = stepApproval(approval.state, event);
  if (step.verdict === "next") return;
  const why = approval.endNote === null ? "" : ` ${approval.endNote}`;
  throw new AppError(`Nothing was done. ${step.problem}${why}`, {
    code: "changed",
    hint: "Load the request again to see what became of it.",
  });
}

async function requireSameLock(ctx: Context, approval: Approval): Promise<void> {
  const check = await checkLock(ctx, approval);
  if (check.verdict === "same") return;
  if (check.verdict === "unread") {
    throw new AppError("The lock could not be read, so nothing was approved.", {
      code: "unavailable",
      hint: check.problem,
    });
  }
  await voidApproval(ctx, approval, check.problem);
  throw new AppError(`${check.problem} Nothing was approved: the request is void.`, {
    code: "changed",
    hint: "Look at who holds the lock now. Whoever asked may ask again.",
  });
}

async function record(ctx: Context, approval: Approval, decision: Decision, comment: string | null): Promise<void> {
  const { id, state } = approval;
  const by = ctx.actor;
  const atMs = ctx.now();
  const entryOf = (action: "approval.given" | "approval.denied" | "approval.withdrawn") =>
    describeApprovalStep(ctx, action, approval, { actor: by, comment });
  const isFirst = await recordInTime(ctx, async () => {
    if (decision === "approve")
      return ctx.approvals.approve({ id, by, atMs, comment, entry: entryOf("approval.given") });
    if (!isOpenState(state)) return false;
    const isDenial = decision === "deny";
    const entry = entryOf(isDenial ? "approval.denied" : "approval.withdrawn");
    const to = isDenial ? "denied" : "withdrawn";
    return ctx.approvals.end({ id, from: state, to, by, atMs, note: comment, entry });
  });
  if (isFirst) return;
  throw new AppError("Somebody else decided at the same moment, or it has expired.", {
    code: "changed",
    hint: "Load the request again to see what became of it.",
  });
}

function parseComment(text: string): string | null {
  const comment = text.toWellFormed().normalize("NFC").trim();
  if ([...comment].length <= COMMENT_LENGTH_MAX) return comment === "" ? null : comment;
  throw new AppError(`The comment may have at most ${COMMENT_LENGTH_MAX} characters.`, {
    code: "invalid",
    hint: "Say it shorter.",
  });
}
