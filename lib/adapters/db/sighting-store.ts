import type { HalfSighting } from "#lib/domain/half.ts";
import type { SightingStore } from "#lib/services/ports/scanning.ts";
import type { Database } from "./database.ts";
import type { PrismaClient } from "./generated/client.ts";
import { parseJsonText, toJsonText, toJsonTextOrNull, toNumberOrNull } from "./json-text.ts";
import { KEEP_ROLL_CALLS, type RollCalls } from "./roll-call.ts";
import { createSightingCache } from "./sighting-cache.ts";
import { loadSightings, showSighting } from "./sighting-loader.ts";
import { hashStatePath } from "./sighting-row.ts";
import { takeSightingsTurn } from "./sighting-rows.ts";
import { fromSourceStateRow } from "./source-state-row.ts";
import { readSourceMemory } from "./sweep-memory.ts";
import { recordFound, recordSweep } from "./sweep-record.ts";
import { read, type Transaction, write } from "./transaction.ts";

/** How long after a sweep found a half gone the unlock that removed it may still claim it. */
const CLAIM_MS = 86_400_000;

/** Sightings and source states in the database. */
export function createSightingStore(database: Database): SightingStore {
  const { prisma } = database;
  const cache = createSightingCache(prisma);
  const inTurn = createQueue();
  return {
    listCurrent: () => read(database, () => cache.listAll()),
    listCurrentOf: (sourceId) => read(database, () => cache.listOf(sourceId)),
    findStatePath: (statePathHash) => read(database, () => findStatePath(prisma, statePathHash)),
    listOfStatePath: ({ bucket, stateKey, limit }) =>
      read(database, () => listOfStatePath(prisma, hashStatePath(bucket, stateKey), limit)),
    recordSweep: (sweep) => inTurn(() => writeAndTell(database, (tx) => recordSweep(tx, sweep))),
    recordFound: (found) => inTurn(() => writeAndTell(database, (tx) => recordFound(tx, found))),
    readMemory: (sourceId) => read(database, () => readSourceMemory(prisma, toJsonText(sourceId))),
    listSourceStates: () => read(database, async () => (await prisma.sourceState.findMany()).map(fromSourceStateRow)),
    findSourceState: (sourceId) =>
      read(database, async () => {
        const row = await prisma.sourceState.findUnique({ where: { sourceJson: toJsonText(sourceId) } });
        return row === null ? null : fromSourceStateRow(row);
      }),
    markGone: (gone) => writeAndTell(database, (tx) => markGone(tx, gone)),
  };
}

/**
 * Runs one piece of work after the other. Sweeps wait for each other in the database anyway (`takeSightingsTurn`); if they
 * did it there, two hundred that end together would hold every connection, and no page could be read.
 */
function createQueue(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const next = last.then(work);
    last = next.catch(() => undefined);
    return next;
  };
}

/** Runs all or nothing, and tells of it once it is committed if `work` says that a person sees something else than before. */
async function writeAndTell(database: Database, work: (tx: Transaction) => Promise<boolean>): Promise<void> {
  const { changes } = database;
  const isChanged = await write(database, async (tx) => {
    const hasChanged = await work(tx);
    if (hasChanged) await changes.announce(tx);
    return hasChanged;
  });
  if (isChanged) changes.tellHere();
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
  // Read first: of a half that went meanwhile its own numbers are right, and a roll call too few is no harm to one that stays.
  const rolls = await readRollCalls(prisma, statePathHash);
  const rows = await prisma.sighting.findMany({
    where: { statePathHash },
    orderBy: [{ firstSeenAtMs: "desc" }, { id: "desc" }],
    take: limit,
  });
  return (await loadSightings(prisma, rows)).map((loaded) => {
    const own = rolls.get(toJsonText(loaded.sighting.sourceId));
    return own === undefined ? loaded.sighting : showSighting(loaded, own);
  });
}

async function readRollCalls(prisma: PrismaClient, statePathHash: string): Promise<ReadonlyMap<string, RollCalls>> {
  const found = await prisma.sighting.findMany({
    where: { statePathHash, goneAtMs: null },
    select: { sourceJson: true },
    distinct: ["sourceJson"],
  });
  const states = await prisma.sourceState.findMany({
    where: { sourceJson: { in: found.map(({ sourceJson }) => sourceJson) } },
    select: { sourceJson: true, rollCalls: true, lastRollCallAtMs: true },
  });
  return new Map(
    states.map(({ sourceJson, rollCalls, lastRollCallAtMs }) => [
      sourceJson,
      { rollCalls, lastRollCallAtMs: toNumberOrNull(lastRollCallAtMs) },
    ]),
  );
}

async function markGone(tx: Transaction, gone: Parameters<SightingStore["markGone"]>[0]): Promise<boolean> {
  const { address, atMs, unlockId } = gone;
  const sourceJson = toJsonText(address.sourceId);
  const locationJson = toJsonText(address.location);
  const etagJson = toJsonTextOrNull(gone.etag);
  await takeSightingsTurn(tx);
  // A sweep may have noticed first: then only the reason is added.
  const marked = await tx.$executeRaw`
    UPDATE sighting SET gone_at_ms = coalesce(gone_at_ms, ${atMs}::bigint), gone_unlock_id = ${unlockId}, ${KEEP_ROLL_CALLS}
    WHERE id = (
      SELECT id FROM sighting
      WHERE source_json = ${sourceJson} AND location_json = ${locationJson} AND gone_unlock_id IS NULL
        AND (gone_at_ms IS NULL OR gone_at_ms >= ${atMs - CLAIM_MS}::bigint)
        AND CASE WHEN ${etagJson}::text IS NULL THEN fingerprint IS NOT DISTINCT FROM ${gone.fingerprint}::text
          ELSE etag_json = ${etagJson}::text END
      ORDER BY gone_at_ms DESC NULLS FIRST, first_seen_at_ms DESC LIMIT 1)`;
  if (marked === 0) return false;
  await tx.$executeRaw`UPDATE source_state SET revision = revision + 1 WHERE source_json = ${sourceJson}`;
  return true;
}
