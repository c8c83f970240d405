import type { HalfSighting } from "#lib/domain/half.ts";
import type { SightingStore } from "#lib/services/ports.ts";
import type { Database } from "./database.ts";
import type { PrismaClient } from "./generated/client.ts";
import { parseJsonText, toJsonText, toJsonTextOrNull } from "./json-text.ts";
import { createSightingCache, loadSightings } from "./sighting-cache.ts";
import { hashStatePath } from "./sighting-row.ts";
import { fromSourceStateRow, readSourceTimes, writeSourceState } from "./source-state-row.ts";
import { planSweep, type StoredSighting } from "./sweep-plan.ts";
import { writePlan } from "./sweep-writer.ts";
import { read, type Transaction, write } from "./transaction.ts";

/** Any fixed number: sweeps of two mechanisms pair each other's rows, so they are recorded one after the other. */
const SIGHTINGS_LOCK = 5_625_255_383;
/** How long after a sweep found a half gone the unlock that removed it may still claim it. */
const CLAIM_MS = 86_400_000;

/** Sightings and source states in the database. */
export function createSightingStore(database: Database): SightingStore {
  const { prisma } = database;
  const cache = createSightingCache(prisma);
  return {
    listCurrent: () => read(database, () => cache.listAll()),
    listCurrentOf: (sourceId) => read(database, () => cache.listOf(sourceId)),
    findStatePath: (statePathHash) => read(database, () => findStatePath(prisma, statePathHash)),
    listOfStatePath: ({ bucket, stateKey, limit }) =>
      read(database, () => listOfStatePath(prisma, hashStatePath(bucket, stateKey), limit)),
    recordSweep: (sweep) => write(database, (tx) => recordSweep(tx, sweep)),
    listSourceStates: () => read(database, async () => (await prisma.sourceState.findMany()).map(fromSourceStateRow)),
    markGone: (gone) => write(database, (tx) => markGone(tx, gone)),
  };
}

async function findStatePath(prisma: PrismaClient, statePathHash: string) {
  const select = { bucketJson: true, stateKeyJson: true };
  const row = await prisma.sighting.findFirst({ where: { statePathHash }, select });
  return row === null ? null : { bucket: parseJsonText(row.bucketJson), stateKey: parseJsonText(row.stateKeyJson) };
}

async function listOfStatePath(
  prisma: PrismaClient,
  statePathHash: string,
  limit: number,
): Promise<readonly HalfSighting[]> {
  const rows = await prisma.sighting.findMany({
    where: { statePathHash },
    orderBy: [{ firstSeenAtMs: "desc" }, { id: "desc" }],
    take: limit,
  });
  return loadSightings(prisma, rows, new Map());
}

async function recordSweep(tx: Transaction, sweep: Parameters<SightingStore["recordSweep"]>[0]): Promise<void> {
  const { source, startedAtMs, finishedAtMs, result } = sweep;
  const sourceJson = toJsonText(source.id);
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(${SIGHTINGS_LOCK}::bigint)`;
  const times = await readSourceTimes(tx, sourceJson);
  const plan = planSweep({
    startedAtMs,
    isComplete: result.outcome === "ok",
    halves: result.halves,
    stored: await listStored(tx, sourceJson, startedAtMs),
    lastCompleteStartedAtMs: times.lastCompleteStartedAtMs,
  });
  await writePlan(tx, plan, { startedAtMs, finishedAtMs });
  if (plan.inserts.length > 0 || plan.changed.length > 0) await pairHalves(tx);
  await writeSourceState(tx, sweep, times);
}

async function listStored(
  tx: Transaction,
  sourceJson: string,
  startedAtMs: number,
): Promise<readonly StoredSighting[]> {
  const rows = await tx.sighting.findMany({
    where: { sourceJson, OR: [{ goneAtMs: null }, { goneAtMs: { gte: BigInt(startedAtMs) } }] },
    select: {
      id: true,
      identityHash: true,
      contentSha256: true,
      versionIdJson: true,
      lastSeenAtMs: true,
      stateLastModifiedMs: true,
      stateSizeBytes: true,
      goneAtMs: true,
    },
  });
  return rows.map((row) => ({
    ...row,
    lastSeenAtMs: Number(row.lastSeenAtMs),
    stateLastModifiedMs: row.stateLastModifiedMs === null ? null : Number(row.stateLastModifiedMs),
    stateSizeBytes: row.stateSizeBytes === null ? null : Number(row.stateSizeBytes),
    goneAtMs: row.goneAtMs === null ? null : Number(row.goneAtMs),
  }));
}

/** Once both mechanisms hold the same bytes for a state path, both halves are known to be of one lock. */
async function pairHalves(tx: Transaction): Promise<void> {
  await tx.$executeRaw`
    WITH paired AS (
      UPDATE sighting s SET is_paired = true FROM sighting o
      WHERE s.gone_at_ms IS NULL AND NOT s.is_paired AND o.gone_at_ms IS NULL AND o.state_path_hash = s.state_path_hash
        AND o.mechanism <> s.mechanism AND o.fingerprint = s.fingerprint
      RETURNING s.source_json)
    UPDATE source_state SET revision = revision + 1 WHERE source_json IN (SELECT source_json FROM paired)`;
}

async function markGone(tx: Transaction, gone: Parameters<SightingStore["markGone"]>[0]): Promise<void> {
  const { address, atMs, unlockId } = gone;
  const sourceJson = toJsonText(address.sourceId);
  const locationJson = toJsonText(address.location);
  const etagJson = toJsonTextOrNull(gone.etag);
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(${SIGHTINGS_LOCK}::bigint)`;
  // A sweep may have noticed first: then only the reason is added.
  await tx.$executeRaw`
    UPDATE sighting SET gone_at_ms = coalesce(gone_at_ms, ${atMs}::bigint), gone_unlock_id = ${unlockId}
    WHERE id = (
      SELECT id FROM sighting
      WHERE source_json = ${sourceJson} AND location_json = ${locationJson} AND gone_unlock_id IS NULL
        AND (gone_at_ms IS NULL OR gone_at_ms >= ${atMs - CLAIM_MS}::bigint)
        AND CASE WHEN ${etagJson}::text IS NULL THEN fingerprint IS NOT DISTINCT FROM ${gone.fingerprint}::text
          ELSE etag_json = ${etagJson}::text END
      ORDER BY gone_at_ms DESC NULLS FIRST, first_seen_at_ms DESC LIMIT 1)`;
  await tx.$executeRaw`UPDATE source_state SET revision = revision + 1 WHERE source_json = ${sourceJson}`;
}
