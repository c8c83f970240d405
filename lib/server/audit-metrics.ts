import "server-only";
import { Counter, Gauge, type Registry } from "prom-client";
import { describeProblem } from "#lib/services/audit/check-trail.ts";
import { verifyTrail } from "#lib/services/audit/describe-trail.ts";
import type { Context, Counters } from "#lib/services/ports/context.ts";

export type AuditMetrics = {
  readonly counters: Pick<Counters, "auditAppendFailed" | "checkpointWritten" | "deliveryLag">;
  /** Reads the trail's length and newest checkpoint, so that every replica tells the same. */
  readonly refresh: (ctx: Context) => Promise<void>;
};

/** What /metrics tells of the audit trail. */
export function createAuditMetrics(registers: Registry[]): AuditMetrics {
  const appendFailures = new Counter({
    name: "lockkeeper_audit_append_failures_total",
    help: "Events that this process could not append to the audit trail.",
    registers,
  });
  const events = new Gauge({
    name: "lockkeeper_audit_events",
    help: "Events on the audit trail.",
    registers,
  });
  const isSound = new Gauge({
    name: "lockkeeper_audit_chain_ok",
    help: "1 when the audit trail verified and agreed with its checkpoints at the last look of this process.",
    registers,
  });
  const checkpointSize = new Gauge({
    name: "lockkeeper_audit_checkpoint_seq",
    help: "Last event that the newest checkpoint covers.",
    registers,
  });
  const checkpointTime = new Gauge({
    name: "lockkeeper_audit_checkpoint_timestamp_seconds",
    help: "When the newest checkpoint was signed.",
    registers,
  });
  const lag = new Gauge({
    name: "lockkeeper_webhook_lag_events",
    help: "Events of the trail that a destination has not received yet.",
    labelNames: ["destination"],
    registers,
  });
  const showCheckpoint = ({ size, atMs }: { size: number; atMs: number }) => {
    checkpointSize.set(size);
    checkpointTime.set(atMs / 1000);
  };
  return {
    counters: {
      auditAppendFailed: () => appendFailures.inc(),
      checkpointWritten: showCheckpoint,
      deliveryLag: (destination, count) => lag.set({ destination }, count),
    },
    refresh: async (ctx) => {
      // Only the first scrape may have to wait for a look at the whole trail.
      if (ctx.trail.verdict === null) await verifyTrail(ctx);
      const [head, latest] = await Promise.all([ctx.audit.readHead(), ctx.checkpoints.findLatest()]);
      events.set(head.seq);
      isSound.set(describeProblem(ctx) === null ? 1 : 0);
      if (latest !== null) showCheckpoint(latest);
    },
  };
}
