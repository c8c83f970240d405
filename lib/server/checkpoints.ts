import "server-only";
import { ulid } from "ulid";
import { verifyTrail } from "#lib/services/audit/describe-trail.ts";
import { writeCheckpoint } from "#lib/services/audit/write-checkpoint.ts";
import type { Context } from "#lib/services/ports/context.ts";
import { systemPrincipal } from "./access/principal.ts";
import { logger } from "./logger.ts";
import { isDraining } from "./running-work.ts";
import { getRuntime, type Runtime } from "./runtime.ts";

const EVERY_MS = 60_000;
/** Outcomes that come together get one checkpoint. */
const SOON_MS = 100;
const AGAIN_MS = 1_000;
const LOOK_EVERY_MS = 10 * 60_000;

let planned: NodeJS.Timeout | null = null;

/** Has the trail signed soon; to be called after each outcome. Nobody waits for it, and it never throws. */
export function scheduleCheckpoint(): void {
  plan(SOON_MS);
}

/**
 * Looks at the whole trail now and every ten minutes, and signs it each minute that has new events. `finish` ends that, and
 * signs what the last unlocks of this process left.
 */
export function startCheckpoints(runtime: Runtime): { readonly finish: () => Promise<void> } {
  void lookAtTrail(contextOf(runtime)).then(scheduleCheckpoint);
  const timers = [
    setInterval(scheduleCheckpoint, EVERY_MS),
    setInterval(() => void lookAtTrail(contextOf(runtime)), LOOK_EVERY_MS),
  ];
  for (const timer of timers) timer.unref();
  return {
    finish: async () => {
      for (const timer of timers) clearInterval(timer);
      await signTrail();
    },
  };
}

function plan(afterMs: number): void {
  if (planned !== null) return;
  planned = setTimeout(() => {
    planned = null;
    if (!isDraining()) void signTrail();
  }, afterMs);
  planned.unref();
}

async function signTrail(): Promise<void> {
  try {
    const { verdict } = await writeCheckpoint(contextOf(await getRuntime()));
    // Whoever is at it may have read the trail before our event.
    if (verdict === "busy") plan(AGAIN_MS);
  } catch (error) {
    logger.error({ cause: String(error) }, "the audit trail could not be signed; the next minute tries again");
  }
}

async function lookAtTrail(ctx: Context): Promise<void> {
  try {
    const { problem, contradiction } = await verifyTrail(ctx);
    if (problem !== null) logger.error({ ...problem }, "an event of the audit trail does not verify");
    if (contradiction !== null) logger.error({ ...contradiction }, "the audit trail contradicts a checkpoint");
  } catch (error) {
    logger.error({ cause: String(error) }, "the audit trail could not be looked at");
  }
}

function contextOf(runtime: Runtime): Context {
  return runtime.contextFor(systemPrincipal("auditor"), ulid());
}
