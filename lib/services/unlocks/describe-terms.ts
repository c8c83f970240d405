import { concludeFrom, type Finding } from "#lib/domain/access/judge-unlock.ts";
import { mayAtAll, placesOfLock } from "#lib/domain/access/places.ts";
import { isOpenState } from "#lib/domain/approval.ts";
import type { UnlockTermsView } from "#lib/domain/approval-view.ts";
import type { Lock } from "#lib/domain/lock.ts";
import { toApprovalView } from "#lib/services/approvals/approval-views.ts";
import { settleApproval } from "#lib/services/approvals/settle-approvals.ts";
import { formatTime } from "#lib/services/format-time.ts";
import { answerInTime } from "#lib/services/in-time.ts";
import type { Context } from "#lib/services/ports/context.ts";
import { judgePolicy } from "./judge-policy.ts";

/** What the policies would ask of the actor's unlocking this lock now, before there is a reason; null where none applies. */
export async function describeTerms(ctx: Context, lock: Lock): Promise<UnlockTermsView | null> {
  if (ctx.policies.length === 0) return null;
  const places = placesOfLock(lock, ctx.sources);
  const asked = { lock, places, reason: null };
  const { rules, findings, conclusion } = await judgePolicy(ctx, { ...asked, isBreakGlass: false });
  if (!rules.hasPolicy) return null;
  const open = await answerInTime(ctx, ctx.approvals.findOpen(ctx.actor, lock.key));
  const approval = open === null ? null : toApprovalView(ctx, await settleApproval(ctx, open));
  const broken = await judgePolicy(ctx, { ...asked, isBreakGlass: true });
  return {
    findings: findings.map(({ passesAtMs, ...finding }) => ({ ...finding, passesAt: formatTime(passesAtMs) })),
    verdict: conclusion.verdict,
    tickets: rules.tickets,
    approvers: ctx.nameApprovers(places),
    approval: approval !== null && isOpenState(approval.state) ? approval : null,
    breakGlass: mayAtAll(ctx.access, "unlocks.break_glass", places) ? textsOfSkipped(broken.findings) : null,
  };
}

function textsOfSkipped(findings: readonly Finding[]): readonly string[] | null {
  const skipped = findings.filter(({ verdict }) => verdict === "skipped").map(({ text }) => text);
  return skipped.length > 0 && concludeFrom(findings).verdict === "allowed" ? skipped : null;
}
