import "server-only";
import { setTimeout as pause } from "node:timers/promises";
import { ulid } from "ulid";
import { deliverAudit } from "#lib/services/audit/deliver-audit.ts";
import { systemPrincipal } from "./access/principal.ts";
import type { Runtime } from "./runtime.ts";

const DELIVER_EVERY_MS = 5_000;

/** Keeps every destination of the trail up to date until stopped; apart from the job queue, whose work an outage must not fill. */
export function startDeliveries(runtime: Runtime): { readonly stop: () => void } {
  const ended = new AbortController();
  const ctx = runtime.contextFor(systemPrincipal("auditor"), ulid());
  const run = async () => {
    while (!ended.signal.aborted) {
      await deliverAudit(ctx);
      await pause(DELIVER_EVERY_MS, undefined, { signal: ended.signal, ref: false }).catch(() => undefined);
    }
  };
  if (ctx.destinations.length > 0) void run();
  return { stop: () => ended.abort() };
}
