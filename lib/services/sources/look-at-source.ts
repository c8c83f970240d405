import type { Source, SourceState } from "#lib/domain/source.ts";
import type { Context } from "#lib/services/ports/context.ts";
import { foreseeLook } from "./look-at.ts";
import { refreshSource } from "./refresh-source.ts";
import { scanSource } from "./scan-sources.ts";

/** A job comes a moment early; a look that is this far off was overtaken by another one, which somebody asked for. */
const EARLY_MS = 1_000;
/** Nothing was stored: another process is at it, or nothing can be. */
const ELSEWHERE_MS = 5_000;
/** Sources that all began together, at a start, are apart soon after; then they stay apart. */
const FIRST_SPREAD = 0.5;
const SPREAD = 0.05;

/**
 * The scheduled look at one source: a sweep or a refresh, as its last looks and its rule say, or nothing when it is too early.
 * Resolves with when to look again. A first look, after a start, is not too early unless a budget says so.
 */
export async function lookAtSource(
  ctx: Context,
  source: Source,
  options: { readonly isFirst: boolean; readonly random?: () => number },
): Promise<{ readonly nextInMs: number }> {
  const { isFirst, random = Math.random } = options;
  const rule = ctx.scanRuleOf(source);
  const before = await ctx.sightings.findSourceState(source.id);
  const isTooEarly = (inMs: number) => inMs > EARLY_MS && (!isFirst || rule.requestsPerDay !== null);
  const soonest = { everyMs: rule.everyMs * (1 - FIRST_SPREAD) };
  const due = foreseeLook(ctx, source, before, soonest).next;
  if (isTooEarly(due.inMs)) return { nextInMs: due.inMs };
  if (due.kind === "sweep") await scanSource(ctx, source);
  else if ((await refreshSource(ctx, source)) === "no_plan") {
    const whole = foreseeLook(ctx, source, before, { ...soonest, hasRefreshPlan: false }).next;
    if (isTooEarly(whole.inMs)) return { nextInMs: whole.inMs };
    await scanSource(ctx, source);
  }
  const after = await ctx.sightings.findSourceState(source.id);
  const everyMs = rule.everyMs * (1 - random() * (isFirst ? FIRST_SPREAD : SPREAD));
  const { inMs } = foreseeLook(ctx, source, after, { everyMs }).next;
  return { nextInMs: isSame(before, after) ? Math.max(inMs, ELSEWHERE_MS) : inMs };
}

function isSame(before: SourceState | null, after: SourceState | null): boolean {
  return before?.lastAttemptAtMs === after?.lastAttemptAtMs && before?.lastRefreshAtMs === after?.lastRefreshAtMs;
}
