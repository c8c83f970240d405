import type { Source } from "#lib/domain/source.ts";
import type { SourceView } from "#lib/domain/source-view.ts";
import { AppError } from "#lib/services/errors.ts";
import { awsNow } from "#lib/services/locks/aws-time.ts";
import type { Context, RunningSweep } from "#lib/services/ports.ts";
import { listSources } from "./list-sources.ts";

const NO_PROGRESS = { pages: 0, objectsSeen: 0, locksFound: 0 };

/**
 * Sweeps one source and stores what it found. Joins a sweep that is running in this process, unless that one began too
 * early to have seen what the caller may just have done.
 */
export async function scanSource(ctx: Context, source: Source, notBeforeMs = 0): Promise<void> {
  for (;;) {
    const running = ctx.sweeps.running.get(source.id);
    if (running === undefined) return startSweep(ctx, source);
    if (running.startedAtMs > notBeforeMs) return running.done;
    await running.done.catch(() => undefined);
  }
}

async function startSweep(ctx: Context, source: Source): Promise<void> {
  // The entry must exist before the first await, or two callers would both start.
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  promise.catch(() => undefined);
  const entry: RunningSweep = { startedAtMs: ctx.now(), progress: NO_PROGRESS, done: promise };
  ctx.sweeps.running.set(source.id, entry);
  try {
    await sweepAndRecord(ctx, source, entry);
    ctx.sweeps.running.delete(source.id);
    resolve();
  } catch (error) {
    ctx.sweeps.running.delete(source.id);
    reject(error);
    throw error;
  }
}

async function sweepAndRecord(ctx: Context, source: Source, entry: RunningSweep): Promise<void> {
  const startedMs = ctx.monotonicMs();
  const known = await ctx.sightings.listCurrentOf(source.id);
  const result = await ctx.scanner.sweep(source, known, (progress) => {
    entry.progress = progress;
  });
  const durationMs = Math.round(ctx.monotonicMs() - startedMs);
  // Sweeps are ordered by their start: on our clock, one that was set back would hide every new lock until it is caught up.
  const finishedAtMs = awsNow(ctx);
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
 * Starts a sweep of one source, or of all, that sees everything done before this call; `done` settles when all have ended.
 * One that fails does not stop the others.
 */
export function startScan(ctx: Context, input: { sourceId: string | null }): { done: Promise<readonly SourceView[]> } {
  const chosen = input.sourceId === null ? ctx.sources : ctx.sources.filter((source) => source.id === input.sourceId);
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
