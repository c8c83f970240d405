import "server-only";
import { ulid } from "ulid";
import { recordConfig } from "#lib/services/audit/record-config.ts";
import { makeFirstLink } from "#lib/services/people/make-first-link.ts";
import { systemPrincipal } from "./access/principal.ts";
import { startCheckpoints } from "./checkpoints.ts";
import { summariseConfig } from "./config/config-summary.ts";
import { startDeliveries } from "./deliveries.ts";
import { openFrontDoor } from "./front-door.ts";
import { startJobs } from "./jobs.ts";
import { closeLockStream } from "./lock-stream.ts";
import { logger } from "./logger.ts";
import { watchRequests } from "./open-requests.ts";
import { notePeerAddresses } from "./peer-address.ts";
import { drainWork } from "./running-work.ts";
import { getRuntime, type Runtime } from "./runtime.ts";
import { shutDownOnSignal } from "./shutdown.ts";

/** Brings the process up: configuration, database, schedule. What cannot work ends the process with a sentence. */
export async function boot(): Promise<void> {
  try {
    openFrontDoor();
    const requests = watchRequests();
    notePeerAddresses();
    const runtime = await getRuntime();
    await recordConfiguration(runtime);
    await offerFirstSignIn(runtime);
    const jobs = await startJobs(runtime);
    const deliveries = startDeliveries(runtime);
    const checkpoints = startCheckpoints(runtime);
    shutDownOnSignal({
      drainWork: (limitMs) => {
        const drained = drainWork(limitMs);
        closeLockStream();
        return drained;
      },
      stopJobs: (limitMs) => {
        deliveries.stop();
        runtime.scanner.stopWaiting();
        return jobs.stop(limitMs);
      },
      closeRequests: async (limitMs) => {
        await Promise.all([requests.close(limitMs), checkpoints.finish()]);
      },
      // A sweep that is cut off has no outcome: nothing of it is stored, and another process takes it up.
      closeDatabase: async () => {
        await runtime.database.close();
        await runtime.scanner.close();
      },
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

/** The sandbox is another one at every start, at other addresses: that is no change of anything. */
async function recordConfiguration({ config, contextFor, isSandbox }: Runtime): Promise<void> {
  if (isSandbox) return;
  const ctx = contextFor(systemPrincipal("auditor"), ulid());
  await recordConfig(ctx, summariseConfig(config, ctx.sha256));
}

/** While nobody could let anybody in, whoever reads the output of this start may become the first administrator. */
async function offerFirstSignIn({ contextFor }: Runtime): Promise<void> {
  const ctx = contextFor(systemPrincipal("auditor"), ulid());
  const secret = await makeFirstLink(ctx);
  if (secret === null || ctx.signInDesk === null) return;
  const url = `${ctx.signInDesk.publicUrl}/sign-in/first#${secret}`;
  logger.warn("There is no administrator yet: whoever opens the address that is printed next can become the first one");
  // It is for a person who reads this start. No processor of logs needs it, so it is in none of our lines.
  process.stdout.write(
    `\nThere is no administrator yet. To become the first one, open within 24 hours:\n\n  ${url}\n\n`,
  );
}
