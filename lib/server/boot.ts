import "server-only";
import { startCheckpoints } from "./checkpoints.ts";
import { startDeliveries } from "./deliveries.ts";
import { startJobs } from "./jobs.ts";
import { logger } from "./logger.ts";
import { watchRequests } from "./open-requests.ts";
import { drainWork } from "./running-work.ts";
import { getRuntime } from "./runtime.ts";
import { shutDownOnSignal } from "./shutdown.ts";

/** Brings the process up: configuration, database, schedule. What cannot work ends the process with a sentence. */
export async function boot(): Promise<void> {
  try {
    const requests = watchRequests();
    const runtime = await getRuntime();
    const jobs = await startJobs(runtime);
    const deliveries = startDeliveries(runtime);
    startCheckpoints(runtime);
    shutDownOnSignal({
      drainWork,
      stopJobs: (limitMs) => {
        deliveries.stop();
        return jobs.stop(limitMs);
      },
      closeRequests: requests.close,
      closeDatabase: runtime.database.close,
      log: logger,
    });
    const { accounts } = runtime.config;
    logger.info(
      { accounts: accounts.length, isSandbox: runtime.isSandbox, database: runtime.database.kind },
      "Lockkeeper started",
    );
  } catch (error) {
    logger.fatal({ cause: error instanceof Error ? error.stack : String(error) }, "Lockkeeper could not start");
    process.stderr.write(`\nLockkeeper could not start.\n${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  }
}
