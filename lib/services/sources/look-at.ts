import { estimateCost, type ScanCost } from "#lib/domain/scan-cost.ts";
import { type NextLook, planNextLook } from "#lib/domain/scan-schedule.ts";
import type { Source, SourceState } from "#lib/domain/source.ts";
import { awsNow } from "#lib/services/locks/aws-time.ts";
import type { Context } from "#lib/services/ports/context.ts";

/** The name under which one process at a time looks at a source, by schedule or because somebody asked. */
export function lookName(source: Source): string {
  return `look at ${source.id}`;
}

/** When and how a source is looked at next, and what that costs, by what is stored of it. */
export function foreseeLook(
  ctx: Context,
  source: Source,
  state: SourceState | null,
  over: { readonly everyMs?: number; readonly hasRefreshPlan?: boolean } = {},
): { readonly next: NextLook; readonly nextAtMs: number | null; readonly cost: ScanCost | null } {
  const rule = { ...ctx.scanRuleOf(source), ...over };
  // A sweep of a bucket leaves a plan; that it did not is found when the refresh is about to begin.
  const planned = { state: state ?? neverSwept(source.id), hasRefreshPlan: source.kind === "s3", ...over };
  const nowMs = awsNow(ctx);
  const next = planNextLook({ ...rule, ...planned, nowMs });
  return {
    next,
    // What is due has no time of its own: it would be another one at every question.
    nextAtMs: next.inMs === 0 ? null : nowMs + next.inMs,
    cost: estimateCost({ kind: source.kind, rule, ...planned }),
  };
}

/** What is known of a source before its first sweep. */
export function neverSwept(sourceId: string): SourceState {
  return {
    sourceId,
    status: "pending",
    lastScanAtMs: null,
    lastAttemptAtMs: null,
    durationMs: null,
    requests: null,
    objectsSeen: null,
    locksFound: null,
    foreignSeen: null,
    error: null,
    lastRefreshAtMs: null,
    refreshRequests: null,
    readUnits: null,
    notice: null,
  };
}
