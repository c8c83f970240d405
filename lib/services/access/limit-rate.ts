import { RATES, type RateName } from "#lib/domain/access/rate.ts";
import { type Actor, actorKey } from "#lib/domain/actor.ts";
import { AppError } from "#lib/services/errors.ts";
import { answerInTime } from "#lib/services/in-time.ts";
import type { Context } from "#lib/services/ports/context.ts";

type Limited = Pick<Context, "actor" | "log" | "rates" | "storeAnswerMsMax">;

/**
 * Throws `too_many` when the actor asks for this too often, and `unavailable` where that cannot be told. The tokens of a person
 * count as that person; the person at this machine and the product itself are not limited.
 */
export async function limitRate(ctx: Limited, name: RateName): Promise<void> {
  if (isUnlimited(ctx.actor)) return;
  const rule = RATES[name];
  const verdict = await answerInTime(ctx, ctx.rates.take(JSON.stringify([name, actorKey(ctx.actor)]), rule));
  if (verdict.ok) return;
  const { retryInMs } = verdict;
  ctx.log.warn({ rate: name, retryInMs }, "somebody asks for something too often");
  throw new AppError(`${ASKED[name]} ${rule.limit} times in ${rule.perMs / 1000} s, and not more.`, {
    code: "too_many",
    hint: `Nothing was done. Try again in ${Math.ceil(retryInMs / 1000)} s.`,
    retryInMs,
  });
}

const ASKED: Readonly<Record<RateName, string>> = {
  unlock: "You may ask for an unlock",
  scan: "You may ask for a scan",
  export: "You may export the trail",
};

function isUnlimited(actor: Actor): boolean {
  return actor.kind === "system" || (actor.kind === "person" && actor.authenticatedBy === "local");
}
