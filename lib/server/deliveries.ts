import "server-only";
import { ulid } from "ulid";
import { deliverAudit } from "#lib/services/audit/deliver-audit.ts";
import { systemPrincipal } from "./access/principal.ts";
import { waitForHurry } from "./delivery-wake.ts";
import type { Runtime } from "./runtime.ts";

const DELIVER_EVERY_MS = 5_000;

/** Keeps every destination of the trail up to date until stopped; apart from the job queue, whose work an outage must not fill. */
export function startDeliveries(runtime: Runtime): { readonly stop: () => void } {
  const ended = new AbortController();
  const ctx = runtime.contextFor(systemPrincipal("auditor"), ulid());
  const run = async () => {
    while (!ended.signal.aborted) {
      await deliverAudit(ctx);
      await waitForHurry(DELIVER_EVERY_MS, ended.signal);
    }
  };
  if (ctx.destinations.length > 0) void run();
  return { stop: () => ended.abort() };
}
