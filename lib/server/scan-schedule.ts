import "server-only";
import type { PgBoss } from "pg-boss";
import type { Source } from "#lib/domain/source.ts";
import type { Context } from "#lib/services/ports/context.ts";
import { foreseeLook } from "#lib/services/sources/look-at.ts";
import { lookAtSource } from "#lib/services/sources/look-at-source.ts";
import { openScanQueue, type PlannedLook } from "./scan-queue.ts";
import { startScanWorker } from "./scan-worker.ts";

export type ScanTimes = {
  readonly pollMs: number;
  /** pg-boss allows no less than 10 seconds. */
  readonly heartbeatSeconds: number;
  readonly watchMs: number;
};

export const SCAN_TIMES: ScanTimes = { pollMs: 1_000, heartbeatSeconds: 20, watchMs: 60_000 };

export type ScanSchedule = {
  /** Ends within about `limitMs`; what still runs is taken up by another process, or by the next life of this one. */
  readonly stop: (limitMs: number) => Promise<void>;
};

/**
 * Looks at every source for as long as this process lives, each as often as its rule says, together with the other replicas
 * of the same database. A start looks at all at once, but for sources whose budget has no room.
 */
export async function startScanSchedule(options: {
  readonly boss: PgBoss;
  readonly sources: readonly Source[];
  readonly newContext: () => Context;
  /** Whether no other process can have the database. */
  readonly isAlone: boolean;
  readonly times?: Partial<ScanTimes>;
}): Promise<ScanSchedule> {
  const { boss, sources, newContext, isAlone } = options;
  const { pollMs, heartbeatSeconds, watchMs } = { ...SCAN_TIMES, ...options.times };
  const { log } = newContext();
  const queue = await openScanQueue(boss, heartbeatSeconds);
  await queue.replan(await planAll(newContext(), sources, true), isAlone);
  const worker = startScanWorker({
    queue,
    pollMs,
    keepMs: (heartbeatSeconds * 1000) / 4,
    log,
    look: async ({ sourceId, isFirst }) => {
      const ctx = newContext();
      const source = sources.find(({ id }) => id === sourceId);
      return source === undefined ? null : lookAtSource(ctx, source, { isFirst });
    },
  });
  // A process that died between two looks left its source without a plan.
  const watch = setInterval(() => {
    const ctx = newContext();
    planAll(ctx, sources, false)
      .then(queue.plan)
      .catch((error: unknown) => ctx.log.warn({ cause: String(error) }, "the schedule could not be watched over"));
  }, watchMs);
  return {
    stop: (limitMs) => {
      clearInterval(watch);
      return worker.stop(limitMs);
    },
  };
}

async function planAll(ctx: Context, sources: readonly Source[], isFirst: boolean): Promise<readonly PlannedLook[]> {
  const states = new Map((await ctx.sightings.listSourceStates()).map((state) => [state.sourceId, state]));
  return sources.map((source) => {
    const { inMs } = foreseeLook(ctx, source, states.get(source.id) ?? null).next;
    const isAtOnce = isFirst && ctx.scanRuleOf(source).requestsPerDay === null;
    return { sourceId: source.id, isFirst, inMs: isAtOnce ? 0 : inMs };
  });
}
