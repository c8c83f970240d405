import type { Coverage, SightingStore, SweepRecord } from "#lib/services/ports.ts";
import { toJsonText } from "./json-text.ts";
import { listStored, pairHalves, takeSightingsTurn } from "./sighting-rows.ts";
import {
  isNewestComplete,
  readSourceTimes,
  touchSource,
  writeRefreshState,
  writeSweepState,
} from "./source-state-writer.ts";
import { writeSourceMemory } from "./sweep-memory.ts";
import { planFound, planSweep, type StoredSighting, type SweepPlan } from "./sweep-plan.ts";
import { writePlan } from "./sweep-writer.ts";
import type { Transaction } from "./transaction.ts";

const ALL: Coverage = { kind: "all" };

/** As SightingStore.recordSweep; answers whether a person sees anything else than before. */
export async function recordSweep(tx: Transaction, sweep: SweepRecord): Promise<boolean> {
  const { source, startedAtMs, finishedAtMs, result } = sweep;
  const coverage = result.coverage ?? ALL;
  const sourceJson = toJsonText(source.id);
  await takeSightingsTurn(tx);
  const times = await readSourceTimes(tx, sourceJson);
  const stored = await listStored(tx, { sourceJson, goneSinceMs: startedAtMs, locations: listPlaces(sweep, coverage) });
  const plan = planSweep({
    startedAtMs,
    isComplete: result.outcome === "ok",
    coverage,
    halves: result.halves,
    stored,
    lastCompleteStartedAtMs: times.lastCompleteStartedAtMs,
  });
  const isSweep = coverage.kind === "all";
  await writePlan(tx, plan, { startedAtMs, finishedAtMs, isSweep });
  await pairHalves(tx, listStatePathHashes(plan));
  if (isSweep) {
    await writeSweepState(tx, sweep, times);
    if (result.memory !== undefined && isNewestComplete(sweep, times))
      await writeSourceMemory(tx, sourceJson, result.memory, finishedAtMs);
    return true;
  }
  if (!(sweep.isSpotCheck ?? isOfKnownLocksOnly(coverage, stored))) {
    await writeRefreshState(tx, sweep, times);
    return true;
  }
  if (plan.seen.length > 0 || hasNews(plan)) await touchSource(tx, sourceJson);
  return hasNews(plan);
}

/** As SightingStore.recordFound; answers whether anything was added. */
export async function recordFound(
  tx: Transaction,
  found: Parameters<SightingStore["recordFound"]>[0],
): Promise<boolean> {
  const { source, startedAtMs, halves } = found;
  if (halves.length === 0) return false;
  const sourceJson = toJsonText(source.id);
  await takeSightingsTurn(tx);
  const { lastCompleteStartedAtMs } = await readSourceTimes(tx, sourceJson);
  // A newer sweep has ended and did not see them: the record of this one will say so.
  if (lastCompleteStartedAtMs !== null && lastCompleteStartedAtMs > startedAtMs) return false;
  const locations = halves.map((half) => half.location);
  const stored = await listStored(tx, { sourceJson, goneSinceMs: startedAtMs, locations });
  const plan = planFound({ startedAtMs, halves, stored });
  if (!hasNews(plan)) return false;
  await writePlan(tx, plan, { startedAtMs, finishedAtMs: startedAtMs, isSweep: false });
  await pairHalves(tx, listStatePathHashes(plan));
  await touchSource(tx, sourceJson);
  return true;
}

/** The places that a look at single places has to compare; null for all of the source. */
function listPlaces({ result }: SweepRecord, coverage: Coverage): readonly string[] | null {
  if (coverage.kind === "all" || coverage.ranges.length > 0) return null;
  return [...coverage.locations, ...result.halves.map((half) => half.location)];
}

/** Such a look cannot find a new lock, so it says nothing about the places where states are. */
function isOfKnownLocksOnly(coverage: Coverage, stored: readonly StoredSighting[]): boolean {
  if (coverage.kind === "all" || coverage.ranges.length > 0 || coverage.locations.length === 0) return false;
  const known = new Set(stored.map(({ location }) => location));
  return coverage.locations.every((location) => known.has(location));
}

function hasNews({ inserts, changed, gone }: SweepPlan): boolean {
  return inserts.length > 0 || changed.length > 0 || gone.length > 0;
}

function listStatePathHashes({ inserts, changed }: SweepPlan): readonly string[] {
  return [...inserts, ...changed].map(({ row }) => row.state_path_hash);
}
