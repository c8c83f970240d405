import "server-only";
import { ulid } from "ulid";
import { createJobQueue } from "#lib/adapters/db/job-queue.ts";
import { reconcileRestores } from "#lib/services/restores/reconcile-restores.ts";
import { scanSource } from "#lib/services/sources/scan-sources.ts";
import { reconcileUnlocks } from "#lib/services/unlocks/reconcile-unlocks.ts";
import { scheduleCheckpoint } from "./checkpoints.ts";
import { logger } from "./logger.ts";
import type { Runtime } from "./runtime.ts";

const SWEEP = "sweep-source";
const RECONCILE = "reconcile-unlocks";
const RECONCILE_EVERY_SECONDS = 10;
const JOBS_AT_ONCE = 50;
/** The embedded database has one connection, which polling shares with every page. */
const POLL_EVERY_SECONDS = 2;

export type Jobs = {
  /** Takes no more jobs; what runs is given `limitMs`. */
  readonly stop: (limitMs: number) => Promise<void>;
};

/** Starts the schedule: sweeps each source every `scan.every` and settles open unlocks, both also at once. No job deletes. */
export async function startJobs(runtime: Runtime): Promise<Jobs> {
  const queue = createJobQueue(runtime.database);
  queue.on("error", (error) => logger.warn({ cause: String(error) }, "the job queue has a problem"));
  await queue.start();

  // At most one tick of a source waits and one runs, over all replicas.
  for (const name of [SWEEP, RECONCILE]) {
    await queue.createQueue(name, { policy: "stately", retryLimit: 0, expireInSeconds: 60, deleteAfterSeconds: 3600 });
  }
  const startAfter = runtime.config.scan.everyMs / 1000;
  const planSweep = (sourceId: string) => queue.send(SWEEP, { sourceId }, { singletonKey: sourceId, startAfter });
  const planReconcile = () => queue.send(RECONCILE, {}, { startAfter: RECONCILE_EVERY_SECONDS });

  // A tick plans the next one first, so that no failure can end the schedule, and does not wait for its sweep, so that a
  // source that hangs holds up no other.
  const polling = { pollingIntervalSeconds: POLL_EVERY_SECONDS };
  await queue.work<{ sourceId: string }>(SWEEP, { ...polling, batchSize: JOBS_AT_ONCE }, async (jobs) => {
    for (const { data } of jobs) {
      if (!runtime.sources.some((source) => source.id === data.sourceId)) continue;
      await planSweep(data.sourceId);
      void sweepNow(runtime, data.sourceId);
    }
  });
  await queue.work(RECONCILE, polling, async () => {
    await planReconcile();
    await reconcileNow(runtime);
  });

  for (const { id } of runtime.sources) {
    await planSweep(id);
    void sweepNow(runtime, id);
  }
  await planReconcile();
  void reconcileNow(runtime);
  return { stop: (limitMs) => queue.stop({ graceful: true, timeout: limitMs }) };
}

async function sweepNow(runtime: Runtime, sourceId: string): Promise<void> {
  const ctx = runtime.contextFor({ kind: "system", name: "scanner" }, ulid());
  const source = ctx.sources.find((candidate) => candidate.id === sourceId);
  if (source === undefined) return;
  try {
    await scanSource(ctx, source);
  } catch (error) {
    logger.error({ sourceId, cause: String(error) }, "a sweep could not be stored");
  }
}

async function reconcileNow(runtime: Runtime): Promise<void> {
  try {
    const unlocks = await reconcileUnlocks(runtime.contextFor({ kind: "system", name: "reconciler" }, ulid()));
    const restores = await reconcileRestores(runtime.contextFor({ kind: "system", name: "reconciler" }, ulid()));
    if (unlocks.settled + restores.settled > 0) scheduleCheckpoint();
  } catch (error) {
    logger.error({ cause: String(error) }, "open unlocks could not be settled");
  }
}
