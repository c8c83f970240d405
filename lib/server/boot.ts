import "server-only";
import { startCheckpoints } from "./checkpoints.ts";
import { startDeliveries } from "./deliveries.ts";
import { startJobs } from "./jobs.ts";
import { logger } from "./logger.ts";
import { getRuntime } from "./runtime.ts";

/** Brings the process up: configuration, database, schedule. What cannot work ends the process with a sentence. */
export async function boot(): Promise<void> {
  try {
    const runtime = await getRuntime();
    await startJobs(runtime);
    startDeliveries(runtime);
    startCheckpoints(runtime);
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
