import type { Coverage, SightingStore, SweepRecord } from "#lib/services/ports/scanning.ts";
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
import { planFound, planSweep, type SweepPlan } from "./sweep-plan.ts";
import { writePlan } from "./sweep-writer.ts";
import type { Transaction } from "./transaction.ts";

const ALL: Coverage = { kind: "all" };
const NOTHING: Coverage = { kind: "part", ranges: [], locations: [] };

/** As SightingStore.recordSweep; answers whether a person sees anything else than before. */
export async function recordSweep(tx: Transaction, sweep: SweepRecord): Promise<boolean> {
  const { source, startedAtMs, finishedAtMs, result } = sweep;
  const coverage = coverageOf(sweep);
  const sourceJson = toJsonText(source.id);
  await takeSightingsTurn(tx);
  const times = await readSourceTimes(tx, sourceJson);
  const places = listPlaces(sweep, coverage);
  const stored = await listStored(tx, { sourceJson, goneSinceMs: startedAtMs, locations: places }, times);
  const plan = planSweep({
    startedAtMs,
    isComplete: result.outcome === "ok",
    coverage,
    halves: result.halves,
    stored,
    lastCompleteStartedAtMs: times.lastCompleteStartedAtMs,
  });
  const isSweep = coverage.kind === "all";
  await writePlan(tx, plan, { startedAtMs, finishedAtMs, isSweep, rolls: times });
  await pairHalves(tx, listStatePathHashes(plan));
  if (isSweep) {
    const { isRollCall } = plan;
    await writeSweepState(tx, sweep, times, { isRollCall, hasWrittenRows: hasWrittenRows(plan) });
    if (result.memory !== undefined && isNewestComplete(sweep, times))
      await writeSourceMemory(tx, sourceJson, result.memory, finishedAtMs);
    return true;
  }
  if (sweep.isSpotCheck !== true) {
    await writeRefreshState(tx, sweep, times);
    return true;
  }
  if (hasWrittenRows(plan)) await touchSource(tx, sourceJson);
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
  const times = await readSourceTimes(tx, sourceJson);
  // A newer sweep has ended and did not see them: the record of this one will say so.
  if (times.lastCompleteStartedAtMs !== null && times.lastCompleteStartedAtMs > startedAtMs) return false;
  const locations = halves.map((half) => half.location);
  const stored = await listStored(tx, { sourceJson, goneSinceMs: startedAtMs, locations }, times);
  const plan = planFound({ startedAtMs, halves, stored });
  if (!hasNews(plan)) return false;
  await writePlan(tx, plan, { startedAtMs, finishedAtMs: startedAtMs, isSweep: false, rolls: times });
  await pairHalves(tx, listStatePathHashes(plan));
  await touchSource(tx, sourceJson);
  return true;
}

/** One that asked for known halves alone never stands for all, whatever else is said of it. */
function coverageOf({ result, isSpotCheck = false }: SweepRecord): Coverage {
  const { coverage = ALL } = result;
  return isSpotCheck && coverage.kind === "all" ? NOTHING : coverage;
}

/** The places that a look at single places has to compare; null for all of the source. */
function listPlaces({ result }: SweepRecord, coverage: Coverage): readonly string[] | null {
  if (coverage.kind === "all" || coverage.ranges.length > 0) return null;
  return [...coverage.locations, ...result.halves.map((half) => half.location)];
}

function hasNews({ inserts, changed, gone }: SweepPlan): boolean {
  return inserts.length > 0 || changed.length > 0 || gone.length > 0;
}

function hasWrittenRows(plan: SweepPlan): boolean {
  return hasNews(plan) || (plan.seen.length > 0 && !plan.isRollCall);
}

function listStatePathHashes({ inserts, changed }: SweepPlan): readonly string[] {
  return [...inserts, ...changed].map(({ row }) => row.state_path_hash);
}
