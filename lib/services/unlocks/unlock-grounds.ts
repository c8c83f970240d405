import type { Finding, RuleName } from "#lib/domain/access/judge-unlock.ts";
import type { Place } from "#lib/domain/access/scope.ts";
import type { Approval } from "#lib/domain/approval.ts";
import type { Unlock } from "#lib/domain/unlock.ts";
import { describeApproval } from "#lib/services/approvals/approval-event.ts";
import type { Context } from "#lib/services/ports/context.ts";
import type { IntentTerms } from "#lib/services/ports/unlocking.ts";
import { describeStep } from "./unlock-record.ts";

/** What an unlock rests on beside the permission: what the policies said, and who or what let it past them. */
export type Grounds = {
  readonly places: readonly Place[];
  readonly findings: readonly Finding[];
  /** Rates to hold the intent against once more; none where somebody approved or the glass is broken. */
  readonly rates: NonNullable<IntentTerms["rates"]>;
  readonly approval: Approval | null;
  /** The rules that breaking the glass went past; null where it is whole. */
  readonly broken: readonly RuleName[] | null;
};

/** What the event of the intent tells of its grounds. */
export function describeGrounds({ findings, approval, broken }: Grounds): Readonly<Record<string, unknown>> {
  return {
    ...(findings.length > 0 && { policy: findings.map(({ rule, verdict, text }) => ({ rule, verdict, text })) }),
    ...(approval !== null && { approval: describeApproval(approval) }),
    ...(broken !== null && { breakGlass: { skipped: broken } }),
  };
}

/** What the store must hold the intent against, and write with it. */
export function toTerms(ctx: Context, intent: Unlock, { rates, approval, broken }: Grounds): IntentTerms {
  if (broken === null) return { rates, ...(approval !== null && { approvalId: approval.id }) };
  const described = describeStep(ctx, "break_glass.used", intent);
  const entry = { ...described, details: { ...described.details, skipped: broken } };
  return { breakGlass: { skipped: broken, entry } };
}

/** Tells whoever watches that the glass was broken, as soon as it is on record. */
export function announceBreakGlass(ctx: Context, intent: Unlock, { broken }: Grounds): void {
  if (broken === null) return;
  const { id: unlockId, account, bucket, stateKey, lockId } = intent;
  const fields = { unlockId, account, bucket, stateKey, lockId, skipped: broken };
  ctx.log.error(fields, "the glass was broken: an unlock goes past its approval and cool-down");
  ctx.hurryDeliveries();
}
