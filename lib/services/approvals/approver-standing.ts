import { mayAtAll } from "#lib/domain/access/places.ts";
import type { Place } from "#lib/domain/access/scope.ts";
import { formatActor, identityOf } from "#lib/domain/actor.ts";
import { type Approval, whyNotSecondPerson } from "#lib/domain/approval.ts";
import { answerInTime } from "#lib/services/in-time.ts";
import type { Context } from "#lib/services/ports/context.ts";

/** Why what somebody approved does not count now, from what they may do now; null where it does. What cannot be told throws. */
export async function whyNotStanding(
  ctx: Pick<Context, "accessOf" | "now" | "storeAnswerMsMax">,
  approval: Approval,
  places: readonly Place[],
): Promise<string | null> {
  const { approver, requester, expiresAtMs } = approval;
  if (expiresAtMs <= ctx.now()) return "It expired.";
  const identity = approver === null ? null : identityOf(approver);
  if (approver === null || identity === null) return "Nobody who can be asked again approved it.";
  const problem = whyNotSecondPerson(requester, approver);
  if (problem !== null) return problem;
  const access = await answerInTime(ctx, ctx.accessOf(identity));
  if (access === null) return `${formatActor(approver)}, who approved it, may not sign in any more.`;
  return mayAtAll(access, "unlocks.approve", places)
    ? null
    : `${formatActor(approver)}, who approved it, may not approve it any more.`;
}
