import { parseJsonText, toJsonText, toNumberOrNull } from "./json-text.ts";
import { addRollCalls, type RollCalls } from "./roll-call.ts";
import type { StoredSighting } from "./sweep-plan.ts";
import type { Transaction } from "./transaction.ts";

/** Any fixed number: sweeps of two mechanisms pair each other's rows, so they are recorded one after the other. */
const SIGHTINGS_LOCK = 5_625_255_383;

export async function takeSightingsTurn(tx: Transaction): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(${SIGHTINGS_LOCK}::bigint)`;
}

type StoredRow = {
  readonly id: string;
  readonly identity_hash: string;
  readonly location_json: string;
  readonly content_sha256: string | null;
  readonly version_id_json: string | null;
  readonly last_seen_at_ms: bigint;
  readonly sweeps_seen: number;
  readonly roll_calls: number;
  readonly state_last_modified_ms: bigint | null;
  readonly state_size_bytes: bigint | null;
  readonly gone_at_ms: bigint | null;
};

/** What is current of a source and what went since a time; of these places only, where they are given. */
export async function listStored(
  tx: Transaction,
  which: { sourceJson: string; goneSinceMs: number; locations: readonly string[] | null },
  rolls: RollCalls,
): Promise<readonly StoredSighting[]> {
  const { sourceJson, goneSinceMs } = which;
  const locations = which.locations === null ? null : JSON.stringify(which.locations.map(toJsonText));
  const rows = await tx.$queryRaw<StoredRow[]>`
    SELECT id, identity_hash, location_json, content_sha256, version_id_json, last_seen_at_ms, sweeps_seen,
      roll_calls, state_last_modified_ms, state_size_bytes, gone_at_ms
    FROM sighting
    WHERE source_json = ${sourceJson} AND (gone_at_ms IS NULL OR gone_at_ms >= ${goneSinceMs}::bigint)
      AND (${locations}::text IS NULL OR location_json IN (SELECT json_array_elements_text(${locations}::text::json)))`;
  return rows.map((row) => ({
    id: row.id,
    identityHash: row.identity_hash,
    location: parseJsonText(row.location_json),
    contentSha256: row.content_sha256,
    versionIdJson: row.version_id_json,
    lastSeenAtMs: lastSeenOf(row, rolls),
    stateLastModifiedMs: toNumberOrNull(row.state_last_modified_ms),
    stateSizeBytes: toNumberOrNull(row.state_size_bytes),
    goneAtMs: toNumberOrNull(row.gone_at_ms),
  }));
}

function lastSeenOf(row: StoredRow, rolls: RollCalls): number {
  const lastSeenAtMs = Number(row.last_seen_at_ms);
  if (row.gone_at_ms !== null) return lastSeenAtMs;
  return addRollCalls({ lastSeenAtMs, sweepsSeen: row.sweeps_seen }, row.roll_calls, rolls).lastSeenAtMs;
}

/** Once both mechanisms hold the same bytes for a state path, both halves are known to be of one lock. */
export async function pairHalves(tx: Transaction, statePathHashes: readonly string[]): Promise<void> {
  if (statePathHashes.length === 0) return;
  await tx.$executeRaw`
    WITH paired AS (
      UPDATE sighting s SET is_paired = true FROM sighting o
      WHERE s.state_path_hash IN (SELECT json_array_elements_text(${JSON.stringify(statePathHashes)}::text::json))
        AND s.gone_at_ms IS NULL AND NOT s.is_paired AND o.gone_at_ms IS NULL AND o.state_path_hash = s.state_path_hash
        AND o.mechanism <> s.mechanism AND o.fingerprint = s.fingerprint
      RETURNING s.source_json)
    UPDATE source_state SET revision = revision + 1 WHERE source_json IN (SELECT source_json FROM paired)`;
}
