import type { Context } from "#lib/services/ports/context.ts";
import { describeTrail, type TrailStatus } from "./describe-trail.ts";

/** The state of the trail for a page: what came since the last full look is checked as well, so that it reaches up to now. */
export async function describeTrailNow(ctx: Context): Promise<TrailStatus> {
  const status = await describeTrail(ctx);
  const { verdict, events, verifiedEvents, durationMs } = status;
  if (verdict.problem !== null || events <= verifiedEvents) return status;
  const startedMs = ctx.monotonicMs();
  const problem = await ctx.audit.verifyAfter(verifiedEvents);
  return {
    ...status,
    verdict: { ok: problem === null, problem },
    verifiedEvents: problem === null ? events : verifiedEvents,
    verifiedAtMs: ctx.now(),
    durationMs: durationMs + ctx.monotonicMs() - startedMs,
  };
}
