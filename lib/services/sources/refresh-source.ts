import { planRefresh } from "#lib/domain/plan-refresh.ts";
import type { RefreshPlan } from "#lib/domain/refresh-plan.ts";
import type { Source } from "#lib/domain/source.ts";
import { awsNow } from "#lib/services/locks/aws-time.ts";
import type { Context } from "#lib/services/ports/context.ts";
import type { SweepResult } from "#lib/services/ports/scanning.ts";
import { lookName } from "./look-at.ts";

/**
 * Looks where the last sweep of a source saw states and locks, and stores what is there now. `no_plan` says that only a whole
 * sweep will do, `elsewhere` that another look at this source runs.
 */
export async function refreshSource(ctx: Context, source: Source): Promise<"done" | "no_plan" | "elsewhere"> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const led = await ctx.leadership.lead(lookName(source), async () => {
    ctx.sweeps.refreshing.set(source.id, promise);
    try {
      return await refreshAndRecord(ctx, source);
    } finally {
      ctx.sweeps.refreshing.delete(source.id);
      resolve();
    }
  });
  return led ?? "elsewhere";
}

async function refreshAndRecord(ctx: Context, source: Source): Promise<"done" | "no_plan"> {
  const startedMs = ctx.monotonicMs();
  const [known, memory] = await Promise.all([
    ctx.sightings.listCurrentOf(source.id),
    ctx.sightings.readMemory(source.id),
  ]);
  const plan = planRefresh(
    memory,
    known.map(({ location }) => location),
  );
  if (plan === null) return "no_plan";
  const result = limitTo(plan, await ctx.scanner.refresh(source, known, plan));
  const durationMs = Math.round(ctx.monotonicMs() - startedMs);
  const finishedAtMs = awsNow(ctx);
  const startedAtMs = finishedAtMs - durationMs;
  await ctx.sightings.recordSweep({ source, isSpotCheck: false, startedAtMs, finishedAtMs, result });
  const fields = { sourceId: source.id, outcome: result.outcome, durationMs, requests: result.requests };
  if (result.error === null) ctx.log.info(fields, "refreshed a source");
  else ctx.log.warn({ ...fields, errorCode: result.error.code }, "could not refresh a source fully");
  return "done";
}

/** A look at a part must never make anything gone that lies elsewhere. */
export function limitTo(plan: RefreshPlan, result: SweepResult): SweepResult {
  return result.coverage?.kind === "part" ? result : { ...result, coverage: { kind: "part", ...plan } };
}
