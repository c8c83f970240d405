import { mayEverywhere } from "#lib/domain/access/access.ts";
import { mayAtAll, mayAtAny, placesOf } from "#lib/domain/access/places.ts";
import { type Actor, actorKey, formatActor, identityOf } from "#lib/domain/actor.ts";
import type { BreakGlassView } from "#lib/domain/approval-view.ts";
import type { BreakGlass } from "#lib/domain/break-glass.ts";
import { requireAt } from "#lib/services/access/permit.ts";
import { AppError } from "#lib/services/errors.ts";
import { answerInTime, recordInTime } from "#lib/services/in-time.ts";
import { parseReason } from "#lib/services/parse-request.ts";
import type { Context } from "#lib/services/ports/context.ts";

/** Broken glass that nobody has reviewed, oldest first, as far as the actor may see it. */
export async function listOpenBreakGlass(ctx: Context): Promise<readonly BreakGlassView[]> {
  const open = await answerInTime(ctx, ctx.breakGlass.listOpen());
  return open.filter((broken) => maySee(ctx, broken)).map((broken) => toView(ctx, broken));
}

/** That the glass was broken for this unlock, or null; the record itself must be visible to the actor. */
export async function findBreakGlass(ctx: Context, unlockId: string): Promise<BreakGlassView | null> {
  const broken = await answerInTime(ctx, ctx.breakGlass.find(unlockId));
  return broken === null ? null : toView(ctx, broken);
}

/**
 * Records that somebody else has looked into broken glass, once. Throws `not_found` where none was broken or the actor may not see
 * it, `refused` for who may not review it, and `changed` where it was reviewed before.
 */
export async function reviewBreakGlass(
  ctx: Context,
  input: { unlockId: string; comment: string },
): Promise<BreakGlassView> {
  const { unlockId } = input;
  const comment = parseReason(input.comment, "Say what you found: it stays on the record.");
  const broken = await answerInTime(ctx, ctx.breakGlass.find(unlockId));
  if (broken === null || !maySee(ctx, broken)) throw notBroken();
  await requireAt(ctx, "reviews.write", placesOfBroken(broken));
  const problem = whyNotReviewer(ctx, broken);
  if (problem !== null)
    throw new AppError(problem, { code: "refused", hint: "Nothing was done. Ask somebody who may review it." });

  const details = {
    account: broken.account,
    statePath: `${broken.bucket}/${broken.stateKey}`,
    requestedBy: formatActor(broken.actor),
    reason: broken.reason,
    skipped: broken.skipped,
    comment,
  };
  const atMs = ctx.now();
  const entry = { actor: ctx.actor, atMs, requestId: ctx.requestId, unlockId, details };
  const review = {
    unlockId,
    by: ctx.actor,
    atMs,
    comment,
    entry: { ...entry, action: "break_glass.reviewed" } as const,
  };
  const isFirst = await recordInTime(ctx, () => ctx.breakGlass.review(review));
  const after = await answerInTime(ctx, ctx.breakGlass.find(unlockId));
  if (isFirst && after !== null) return toView(ctx, after);
  throw new AppError("It was reviewed before.", { code: "changed", hint: "Load the record again." });
}

function placesOfBroken(broken: BreakGlass) {
  return placesOf(broken, broken.accounts);
}

function maySee({ access, actor }: Context, broken: BreakGlass): boolean {
  if (actorKey(actor) === actorKey(broken.actor)) return true;
  return mayEverywhere(access, "unlocks.view") || mayAtAny(access, "unlocks.view", placesOfBroken(broken));
}

/** Where nobody signs in there is nobody else: there a person's own second look is all that can be had. */
function whyNotReviewer({ actor, signIn }: Pick<Context, "actor" | "signIn">, broken: BreakGlass): string | null {
  if (signIn.kind === "local") return null;
  return isSamePerson(actor, broken.actor) ? "You broke the glass yourself: somebody else must review it." : null;
}

function isSamePerson(one: Actor, other: Actor): boolean {
  if (actorKey(one) === actorKey(other)) return true;
  const subject = identityOf(one)?.subject;
  return subject !== undefined && subject === identityOf(other)?.subject;
}

function toView(ctx: Context, broken: BreakGlass): BreakGlassView {
  const { review } = broken;
  return {
    unlockId: broken.unlockId,
    actor: formatActor(broken.actor),
    account: broken.account,
    statePath: `${broken.bucket}/${broken.stateKey}`,
    stateKey: broken.stateKey,
    reason: broken.reason,
    skipped: broken.skipped,
    usedAt: new Date(broken.usedAtMs).toISOString(),
    reviewedBy: review === null ? null : formatActor(review.by),
    reviewedAt: review === null ? null : new Date(review.atMs).toISOString(),
    comment: review?.comment ?? null,
    canReview:
      review === null &&
      mayAtAll(ctx.access, "reviews.write", placesOfBroken(broken)) &&
      whyNotReviewer(ctx, broken) === null,
  };
}

function notBroken(): AppError {
  return new AppError("There is no such record of broken glass.", {
    code: "not_found",
    hint: "GET /api/v1/unlocks lists every record with its id.",
  });
}
