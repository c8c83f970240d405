import "server-only";
import { ulid } from "ulid";
import { reconcileUnlocks } from "#lib/services/reconcile-unlocks.ts";
import { scanSource, startScan } from "#lib/services/scan-sources.ts";
import { logger } from "./logger.ts";
import type { Runtime } from "./runtime.ts";

const SWEEP = "sweep-source";
const RECONCILE = "reconcile-unlocks";
const RECONCILE_EVERY_SECONDS = 30;
const SWEEPS_AT_ONCE = 16;
/** The embedded database has one connection, which polling shares with every page. */
const POLL_EVERY_SECONDS = 2;

/** Starts the schedule: sweeps each source every `scan.every` and settles open unlocks, both also at once. No job deletes. */
export async function startJobs(runtime: Runtime): Promise<void> {
  const scanner = () => runtime.contextFor({ kind: "system", name: "scanner" }, ulid());
  const reconciler = () => runtime.contextFor({ kind: "system", name: "reconciler" }, ulid());
  const everySeconds = runtime.config.scan.everyMs / 1000;
  const boss = await runtime.database.createBoss();
  boss.on("error", (error) => logger.warn({ cause: String(error) }, "the job queue has a problem"));
  await boss.start();

  // One job waiting and one running for each source, over all replicas.
  await boss.createQueue(SWEEP, { policy: "stately", retryLimit: 0, expireInSeconds: 3600, deleteAfterSeconds: 3600 });
  await boss.createQueue(RECONCILE, {
    policy: "stately",
    retryLimit: 0,
    expireInSeconds: 300,
    deleteAfterSeconds: 3600,
  });
  const planSweep = (sourceId: string) =>
    boss.send(SWEEP, { sourceId }, { singletonKey: sourceId, startAfter: everySeconds });
  const planReconcile = () => boss.send(RECONCILE, {}, { startAfter: RECONCILE_EVERY_SECONDS });

  await boss.work(
    SWEEP,
    { pollingIntervalSeconds: POLL_EVERY_SECONDS, localConcurrency: SWEEPS_AT_ONCE },
    async ([job]) => {
      const ctx = scanner();
      const source = ctx.sources.find((candidate) => candidate.id === readSourceId(job?.data));
      if (source === undefined) return;
      // The next one is planned first, so that a failure now cannot end the schedule.
      await planSweep(source.id);
      await scanSource(ctx, source);
    },
  );
  await boss.work(RECONCILE, { pollingIntervalSeconds: POLL_EVERY_SECONDS }, async () => {
    await planReconcile();
    await reconcileUnlocks(reconciler());
  });

  const ctx = scanner();
  for (const source of ctx.sources) await planSweep(source.id);
  await planReconcile();
  void runNow("the first sweep", () => startScan(ctx, { sourceId: null }).done);
  void runNow("settling open unlocks", () => reconcileUnlocks(reconciler()));
}

function readSourceId(data: unknown): string | null {
  return typeof data === "object" && data !== null && "sourceId" in data && typeof data.sourceId === "string"
    ? data.sourceId
    : null;
}

async function runNow(what: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    logger.error({ cause: String(error) }, `${what} failed`);
  }
}
