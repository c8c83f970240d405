import { type Conclusion, concludeFrom, type Finding, judgeUnlock } from "#lib/domain/access/judge-unlock.ts";
import type { Place } from "#lib/domain/access/scope.ts";
import { rateWindowMs, strictestRules, type UnlockRules } from "#lib/domain/access/unlock-rules.ts";
import type { Lock } from "#lib/domain/lock.ts";
import { answerInTime } from "#lib/services/in-time.ts";
import { awsNow } from "#lib/services/locks/aws-time.ts";
import type { Context } from "#lib/services/ports/context.ts";

export type Judgement = {
  readonly rules: UnlockRules;
  readonly findings: readonly Finding[];
  readonly conclusion: Conclusion;
};

/** What the policies at all places of a lock say of the actor's unlocking it now; a null `reason` is not written yet. */
export async function judgePolicy(
  ctx: Context,
  asked: { lock: Lock; places: readonly Place[]; reason: string | null; isBreakGlass: boolean },
): Promise<Judgement> {
  const { lock, places, reason, isBreakGlass } = asked;
  const rules = strictestRules(ctx.policies, places);
  const nowMs = ctx.now();
  const intentsAtMs =
    rules.rates.length === 0
      ? []
      : await answerInTime(ctx, ctx.unlocks.listIntentTimes(ctx.actor, nowMs - rateWindowMs(rules)));
  const findings = judgeUnlock({
    rules,
    reason,
    operation: lock.operation,
    ageMs: lock.ageMs,
    stateWrittenAtMs: lock.state?.lastModifiedMs ?? null,
    awsNowMs: awsNow(ctx),
    intentsAtMs,
    nowMs,
    isAlone: ctx.signIn.kind === "local",
    isBreakGlass,
  });
  return { rules, findings, conclusion: concludeFrom(findings) };
}
