import { mayEverywhere } from "#lib/domain/access/access.ts";
import { mayAtAll, mayAtAny, placesOf } from "#lib/domain/access/places.ts";
import type { Place } from "#lib/domain/access/scope.ts";
import { actorKey } from "#lib/domain/actor.ts";
import { type Approval, whyNotSecondPerson } from "#lib/domain/approval.ts";
import { AppError } from "#lib/services/errors.ts";
import { answerInTime } from "#lib/services/in-time.ts";
import type { Context } from "#lib/services/ports/context.ts";
import { settleApproval } from "./settle-approvals.ts";

type Seer = Pick<Context, "access" | "actor">;

/** One request that the actor may see, as it is now, or `not_found`. */
export async function findApproval(ctx: Context, id: string): Promise<Approval> {
  const approval = await answerInTime(ctx, ctx.approvals.find(id));
  if (approval !== null && maySeeApproval(ctx, approval)) return settleApproval(ctx, approval);
  throw new AppError("There is no such request for approval.", {
    code: "not_found",
    hint: "GET /api/v1/approvals lists every request with its id.",
  });
}

/** Where whoever approves must be allowed to: at every half. */
export function placesOfApproval(approval: Approval): readonly Place[] {
  return placesOf(approval, approval.accounts);
}

export function isOwnRequest({ actor }: Seer, { requester }: Approval): boolean {
  return actorKey(actor) === actorKey(requester);
}

export function maySeeApproval(ctx: Seer, approval: Approval): boolean {
  // A script of whoever asked sees what it was made for.
  if (ctx.access.limit === null && isOwnRequest(ctx, approval)) return true;
  const places = placesOfApproval(approval);
  const { access } = ctx;
  return (
    mayEverywhere(access, "unlocks.view") ||
    mayAtAny(access, "unlocks.view", places) ||
    mayAtAny(access, "unlocks.approve", places)
  );
}

/** Whether the actor can be the second person; whether they signed in lately enough is asked when they decide. */
export function mayDecide({ actor, access }: Seer, approval: Approval): boolean {
  return (
    whyNotSecondPerson(approval.requester, actor) === null &&
    mayAtAll(access, "unlocks.approve", placesOfApproval(approval))
  );
}
