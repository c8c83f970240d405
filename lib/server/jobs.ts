import "server-only";
import { ulid } from "ulid";
import { createJobQueue } from "#lib/adapters/db/job-queue.ts";
import { settleApprovals } from "#lib/services/approvals/settle-approvals.ts";
import { reconcileRestores } from "#lib/services/restores/reconcile-restores.ts";
import { type AskedMemory, refreshKnownLocks } from "#lib/services/sources/refresh-known-locks.ts";
import { reconcileUnlocks } from "#lib/services/unlocks/reconcile-unlocks.ts";
import { systemPrincipal } from "./access/principal.ts";
import { scheduleCheckpoint } from "./checkpoints.ts";
import { startHotSet } from "./hot-set.ts";
import { countViewers } from "./lock-stream.ts";
import { logger } from "./logger.ts";
import type { Runtime } from "./runtime.ts";
import { startScanSchedule } from "./scan-schedule.ts";

const RECONCILE = "reconcile-unlocks";
const RECONCILE_EVERY_SECONDS = 10;
/** The embedded database has one connection, which polling shares with every page. */
const POLL_EVERY_SECONDS = 2;
/** Of the time to stop, for what a look that is about to end still stores. */
const LOOKS_SHARE = 0.5;

export type Jobs = {
  /** Takes no more jobs; what runs is given `limitMs`. */
  readonly stop: (limitMs: number) => Promise<void>;
};

/** Starts the schedule: looks at every source and settles open unlocks, both also at once. No job deletes. */
export async function startJobs(runtime: Runtime): Promise<Jobs> {
  const boss = createJobQueue(runtime.database);
  boss.on("error", (error) => logger.warn({ cause: String(error) }, "the job queue has a problem"));
  await boss.start();

  // At most one waits and one runs, over all replicas.
  await boss.createQueue(RECONCILE, {
    policy: "stately",
    retryLimit: 0,
    expireInSeconds: 60,
    deleteAfterSeconds: 3600,
  });
  const planReconcile = () => boss.send(RECONCILE, {}, { startAfter: RECONCILE_EVERY_SECONDS });
  await boss.work(RECONCILE, { pollingIntervalSeconds: POLL_EVERY_SECONDS }, async () => {
    // The next one first, so that no failure can end it.
    await planReconcile();
    await reconcileNow(runtime);
  });
  await planReconcile();
  void reconcileNow(runtime);

  const newContext = () => runtime.contextFor(systemPrincipal("scanner"), ulid());
  const isAlone = runtime.database.kind === "embedded";
  const schedule = await startScanSchedule({
    boss,
    sources: runtime.sources,
    newContext,
    isAlone,
    times: isAlone ? { pollMs: POLL_EVERY_SECONDS * 1000 } : {},
  });
  const { leadership } = newContext();
  const ask = (asked: AskedMemory) => refreshKnownLocks(newContext(), asked);
  const hotSet = startHotSet({ ask, leadership, log: logger, countViewers });
  return {
    async stop(limitMs) {
      hotSet.stop();
      await schedule.stop(limitMs * LOOKS_SHARE);
      await boss.stop({ graceful: true, timeout: limitMs });
    },
  };
}

async function reconcileNow(runtime: Runtime): Promise<void> {
  try {
    const unlocks = await reconcileUnlocks(runtime.contextFor(systemPrincipal("reconciler"), ulid()));
    const restores = await reconcileRestores(runtime.contextFor(systemPrincipal("reconciler"), ulid()));
    const approvals = await settleApprovals(runtime.contextFor(systemPrincipal("reconciler"), ulid()));
    if (unlocks.settled + restores.settled + approvals.settled > 0) scheduleCheckpoint();
  } catch (error) {
    logger.error({ cause: String(error) }, "open unlocks and requests for approval could not be settled");
  }
}
