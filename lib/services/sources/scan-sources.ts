import { may } from "#lib/domain/access/access.ts";
import { placeOfSource } from "#lib/domain/access/places.ts";
import type { Source } from "#lib/domain/source.ts";
import type { SourceView } from "#lib/domain/source-view.ts";
import { AppError } from "#lib/services/errors.ts";
import { awsNow } from "#lib/services/locks/aws-time.ts";
import type { Context } from "#lib/services/ports/context.ts";
import type { RunningSweep } from "#lib/services/ports/scanning.ts";
import { createFoundFeed } from "./found-feed.ts";
import { listSources, visibleSources } from "./list-sources.ts";
import { lookName } from "./look-at.ts";

/** How often it is looked whether another process has ended its look. */
const LOOK_ELSEWHERE_EVERY_MS = 500;
const NO_PROGRESS = { pages: 0, objectsSeen: 0, locksFound: 0 };

/**
 * Sweeps one source and stores what it found. Joins a sweep that is running in this process, unless that one began too
 * early to have seen what the caller may just have done. Over all replicas one sweep of a source runs at a time: without
 * `notBeforeMs` one that runs elsewhere is enough.
 */
export async function scanSource(ctx: Context, source: Source, notBeforeMs: number | null = null): Promise<void> {
  for (;;) {
    const running = ctx.sweeps.running.get(source.id);
    if (running === undefined) return startSweep(ctx, source, notBeforeMs);
    if (notBeforeMs === null || running.startedAtMs > notBeforeMs) return running.done;
    await running.done.catch(() => undefined);
  }
}

async function startSweep(ctx: Context, source: Source, notBeforeMs: number | null): Promise<void> {
  // The entry must exist before the first await, or two callers would both start.
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  promise.catch(() => undefined);
  const entry: RunningSweep = { startedAtMs: ctx.now(), progress: NO_PROGRESS, done: promise };
  ctx.sweeps.running.set(source.id, entry);
  try {
    await sweepAlone(ctx, source, entry, notBeforeMs);
    ctx.sweeps.running.delete(source.id);
    resolve();
  } catch (error) {
    ctx.sweeps.running.delete(source.id);
    reject(error);
    throw error;
  }
}

/** Sweeps when no other process looks at the source; waits for it only where its look began too early. */
async function sweepAlone(
  ctx: Context,
  source: Source,
  entry: RunningSweep,
  notBeforeMs: number | null,
): Promise<void> {
  const askedAtMs = awsNow(ctx);
  const sweep = async () => {
    await sweepAndRecord(ctx, source, entry);
    return true;
  };
  while ((await ctx.leadership.lead(lookName(source), sweep)) === null) {
    const refresh = ctx.sweeps.refreshing.get(source.id);
    if (refresh !== undefined) {
      await refresh.catch(() => undefined);
      continue;
    }
    if (notBeforeMs === null || (await wasSweptSince(ctx, source, askedAtMs))) return;
    await ctx.pause(LOOK_ELSEWHERE_EVERY_MS);
  }
}

async function wasSweptSince(ctx: Context, source: Source, sinceMs: number): Promise<boolean> {
  const state = await ctx.sightings.findSourceState(source.id);
  if (state === null || state.lastAttemptAtMs === null) return false;
  return state.lastAttemptAtMs - (state.durationMs ?? 0) > sinceMs;
}

async function sweepAndRecord(ctx: Context, source: Source, entry: RunningSweep): Promise<void> {
  const startedMs = ctx.monotonicMs();
  const [known, memory] = await Promise.all([
    ctx.sightings.listCurrentOf(source.id),
    ctx.sightings.readMemory(source.id),
  ]);
  const feed = createFoundFeed(ctx, source, startedMs);
  const onProgress = (progress: RunningSweep["progress"]) => {
    entry.progress = progress;
  };
  const result = await ctx.scanner.sweep(source, known, onProgress, { memory, onFound: feed.add });
  const durationMs = Math.round(ctx.monotonicMs() - startedMs);
  // Sweeps are ordered by their start: on our clock, one that was set back would hide every new lock until it is caught up.
  const finishedAtMs = awsNow(ctx);
  await feed.end();
  await ctx.sightings.recordSweep({ source, startedAtMs: finishedAtMs - durationMs, finishedAtMs, result });
  ctx.counters.sweepEnded(source, result.outcome, durationMs);
  const fields = {
    sourceId: source.id,
    outcome: result.outcome,
    durationMs,
    requests: result.requests,
    locksFound: result.halves.length,
  };
  if (result.error === null) ctx.log.info(fields, "swept a source");
  else ctx.log.warn({ ...fields, errorCode: result.error.code }, "could not sweep a source fully");
}

/**
 * Starts a sweep of one source, or of all that the actor may scan, that sees everything done before this call; `done` settles
 * when all have ended. One that fails does not stop the others. Throws `not_found` for a source the actor may not see.
 */
export function startScan(ctx: Context, input: { sourceId: string | null }): { done: Promise<readonly SourceView[]> } {
  const allowed = visibleSources(ctx).filter((source) => may(ctx.access, "scans.start", placeOfSource(source)));
  const chosen = input.sourceId === null ? allowed : allowed.filter((source) => source.id === input.sourceId);
  if (chosen.length === 0 && input.sourceId !== null) {
    throw new AppError("There is no such source.", {
      code: "not_found",
      hint: "GET /api/v1/locks lists the sources with their ids.",
    });
  }
  return { done: sweepAll(ctx, chosen) };
}

async function sweepAll(ctx: Context, chosen: readonly Source[]): Promise<readonly SourceView[]> {
  const askedAtMs = ctx.now();
  const ended = await Promise.allSettled(chosen.map((source) => scanSource(ctx, source, askedAtMs)));
  const failure = ended.find((result) => result.status === "rejected");
  // A sweep itself never throws: what failed here is the database.
  if (failure !== undefined) throw failure.reason;
  const ids = new Set(chosen.map((source) => source.id));
  return (await listSources(ctx)).filter((source) => ids.has(source.id));
}
