import "server-only";
import { Counter, Gauge, Histogram, Registry } from "prom-client";
import { LOCK_STATUSES } from "#lib/domain/lock.ts";
import { listAllLocks } from "#lib/services/locks/list-locks.ts";
import type { Context, Counters } from "#lib/services/ports/context.ts";
import { listSources } from "#lib/services/sources/list-sources.ts";
import { createAuditMetrics } from "./audit-metrics.ts";

const SOURCE_LABELS = ["source", "account", "kind"] as const;

/** What this process counts, and the gauges that are read from the store at each scrape. */
export type Metrics = { readonly counters: Counters; readonly render: (ctx: Context) => Promise<string> };

/** Metrics in Prometheus text format; labels name accounts and sources, never state paths, lock IDs or people. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const sweeps = new Counter({
    name: "lockkeeper_scans_total",
    help: "Sweeps of a source that ended in this process, by outcome.",
    labelNames: [...SOURCE_LABELS, "outcome"],
    registers,
  });
  const durations = new Histogram({
    name: "lockkeeper_scan_duration_seconds",
    help: "How long sweeps took.",
    labelNames: SOURCE_LABELS,
    buckets: [0.1, 0.5, 1, 5, 15, 60, 300],
    registers,
  });
  const unlocks = new Counter({
    name: "lockkeeper_unlocks_total",
    help: "Force-unlocks asked of this process, by outcome.",
    labelNames: ["outcome"],
    registers,
  });
  const restores = new Counter({
    name: "lockkeeper_restores_total",
    help: "Attempts to undo an unlock asked of this process, by outcome.",
    labelNames: ["outcome"],
    registers,
  });
  const audit = createAuditMetrics(registers);
  const gauges = createGauges(registers);
  return {
    counters: {
      sweepEnded: (source, outcome, durationMs) => {
        const labels = { source: source.id, account: source.account.name, kind: source.kind };
        sweeps.inc({ ...labels, outcome });
        durations.observe(labels, durationMs / 1000);
      },
      unlockEnded: (outcome) => unlocks.inc({ outcome }),
      restoreEnded: (outcome) => restores.inc({ outcome }),
      ...audit.counters,
    },
    render: async (ctx) => {
      await Promise.all([gauges.refresh(ctx), audit.refresh(ctx)]);
      return registry.metrics();
    },
  };
}

function createGauges(registers: Registry[]) {
  const locks = new Gauge({
    name: "lockkeeper_locks",
    help: "Locks now known, by status.",
    labelNames: ["account", "status"],
    registers,
  });
  const stale = new Gauge({
    name: "lockkeeper_locks_needing_attention",
    help: "Locks judged stale or broken.",
    labelNames: ["account"],
    registers,
  });
  const oldest = new Gauge({
    name: "lockkeeper_oldest_lock_age_seconds",
    help: "Age of the oldest lock.",
    labelNames: ["account"],
    registers,
  });
  const readable = new Gauge({
    name: "lockkeeper_source_readable",
    help: "1 when the last sweep of the source was complete.",
    labelNames: SOURCE_LABELS,
    registers,
  });
  const lastScan = new Gauge({
    name: "lockkeeper_source_last_scan_timestamp_seconds",
    help: "End of the last complete sweep.",
    labelNames: SOURCE_LABELS,
    registers,
  });
  const unsettled = new Gauge({
    name: "lockkeeper_unlocks_unknown",
    help: "Unlocks whose outcome is not known yet.",
    registers,
  });
  const brokenGlass = new Gauge({
    name: "lockkeeper_break_glass_open",
    help: "Unlocks that went past approval and cool-down and that nobody has reviewed.",
    registers,
  });
  const waiting = new Gauge({
    name: "lockkeeper_approvals_open",
    help: "Requests for approval that are pending, or approved and not used yet.",
    registers,
  });
  const refresh = async (ctx: Context): Promise<void> => {
    const [all, sources, open, broken, asked] = await Promise.all([
      listAllLocks(ctx),
      listSources(ctx),
      ctx.unlocks.listUnsettled(),
      ctx.breakGlass.listOpen(),
      ctx.approvals.listOpen(),
    ]);
    for (const gauge of [locks, stale, oldest, readable, lastScan]) gauge.reset();
    for (const account of new Set(ctx.accounts.map(({ name }) => name))) {
      const own = all.filter((lock) => lock.account === account);
      for (const status of LOCK_STATUSES)
        locks.set({ account, status }, own.filter((lock) => lock.status === status).length);
      stale.set({ account }, own.filter((lock) => lock.attention === "stale" || lock.attention === "broken").length);
      oldest.set({ account }, Math.max(0, ...own.map((lock) => lock.ageMs ?? 0)) / 1000);
    }
    for (const { id, account, kind, status, lastScanAt } of sources) {
      readable.set({ source: id, account, kind }, status === "ok" ? 1 : 0);
      if (lastScanAt !== null) lastScan.set({ source: id, account, kind }, Date.parse(lastScanAt) / 1000);
    }
    unsettled.set(open.length);
    brokenGlass.set(broken.length);
    waiting.set(asked.length);
  };
  return { refresh };
}
