import type { HalfSighting } from "#lib/domain/half.ts";
import { pickDue, placeOf } from "#lib/domain/hot-set.ts";
import type { Source } from "#lib/domain/source.ts";
import { awsNow } from "#lib/services/locks/aws-time.ts";
import type { Context } from "#lib/services/ports/context.ts";
import { limitTo } from "./refresh-source.ts";

/** When known halves were asked for last; kept by the caller from one call to the next. */
export type AskedMemory = Map<string, number>;

/**
 * Asks again, one by one, for the known locks that are due, so that whoever looks sees soon that one is gone. Never throws:
 * what could not be asked is asked again when it is due, and the next sweep says why.
 */
export async function refreshKnownLocks(ctx: Context, asked: AskedMemory): Promise<{ asked: number; changed: number }> {
  const current = await ctx.sightings.listCurrent().catch((error: unknown) => {
    ctx.log.warn({ cause: String(error) }, "the known locks could not be read");
    return null;
  });
  if (current === null) return { asked: 0, changed: 0 };
  forgetOthers(asked, current);
  const nowMs = awsNow(ctx);
  const due = Map.groupBy(pickDue(current, asked, nowMs), ({ sourceId }) => sourceId);
  const counts = await Promise.all(
    ctx.sources.map(async (source) => {
      const halves = due.get(source.id) ?? [];
      for (const half of halves) asked.set(placeOf(half), nowMs);
      return { asked: halves.length, changed: halves.length === 0 ? 0 : await ask(ctx, source, halves) };
    }),
  );
  return {
    asked: counts.reduce((sum, count) => sum + count.asked, 0),
    changed: counts.reduce((sum, count) => sum + count.changed, 0),
  };
}

async function ask(ctx: Context, source: Source, halves: readonly HalfSighting[]): Promise<number> {
  const startedMs = ctx.monotonicMs();
  const plan = { ranges: [], locations: halves.map(({ location }) => location) };
  try {
    const result = limitTo(plan, await ctx.scanner.refresh(source, halves, plan));
    const found = new Map(result.halves.map((half) => [half.location, half]));
    const changed = halves.filter((half) => {
      const now = found.get(half.location);
      return now === undefined || now.fingerprint !== half.fingerprint || now.etag !== half.etag;
    });
    // Nothing is written while nothing changed; a failure is for the sweeps to tell.
    if (result.outcome !== "ok" || changed.length === 0) return 0;
    const finishedAtMs = awsNow(ctx);
    const startedAtMs = finishedAtMs - Math.round(ctx.monotonicMs() - startedMs);
    await ctx.sightings.recordSweep({ source, isSpotCheck: true, startedAtMs, finishedAtMs, result });
    return changed.length;
  } catch (error) {
    ctx.log.warn({ sourceId: source.id, cause: String(error) }, "known locks could not be asked for again");
    return 0;
  }
}

function forgetOthers(asked: AskedMemory, current: readonly HalfSighting[]): void {
  if (asked.size === 0) return;
  const places = new Set(current.map(placeOf));
  for (const place of asked.keys()) if (!places.has(place)) asked.delete(place);
}
