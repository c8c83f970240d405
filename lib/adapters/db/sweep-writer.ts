import { ulid } from "ulid";
import { KEEP_ROLL_CALLS, type RollCalls } from "./roll-call.ts";
import type { SweepPlan } from "./sweep-plan.ts";
import type { Transaction } from "./transaction.ts";

const BATCH_ROWS = 2_000;
const BATCH_BYTES = 4_000_000;
/** A refresh counts as one more sweep that saw a half only so long after the first, or a waiting run's knock would pass for more. */
const REFRESH_COUNTS_AFTER_MS = 30_000;

/** Writes what a plan says, in batches: each is one statement with one JSON text, for thousands of parameters are slow. */
export async function writePlan(
  tx: Transaction,
  plan: SweepPlan,
  look: { startedAtMs: number; finishedAtMs: number; isSweep: boolean; rolls: RollCalls },
): Promise<void> {
  const { startedAtMs, finishedAtMs, isSweep, rolls } = look;
  const rollCalls = rolls.rollCalls + (plan.isRollCall ? 1 : 0);
  const countsAfterMs = isSweep ? null : REFRESH_COUNTS_AFTER_MS;
  const withBytes = [...plan.inserts, ...plan.changed];
  await insertContents(
    tx,
    withBytes.map(({ row, bytes }) => ({ sha256: row.content_sha256, bytes })),
  );
  for (const batch of split(plan.inserts.map(({ row }) => ({ ...row, id: ulid(startedAtMs), roll_calls: rollCalls }))))
    await insertSightings(tx, batch);
  for (const batch of split(plan.isRollCall ? [] : plan.seen)) await refresh(tx, batch, startedAtMs, countsAfterMs);
  for (const batch of split(plan.changed.map(({ id, row }) => ({ ...row, id })))) await update(tx, batch);
  for (const batch of split(plan.gone)) await markGone(tx, batch, finishedAtMs);
}

/** In an order of their own, so that two transactions that bring the same bytes cannot wait for each other. */
async function insertContents(
  tx: Transaction,
  contents: readonly { readonly sha256: string | null; readonly bytes: Uint8Array | null }[],
): Promise<void> {
  const rows = new Map<string, string>();
  for (const { sha256, bytes } of contents) {
    if (sha256 !== null && bytes !== null && !rows.has(sha256)) rows.set(sha256, Buffer.from(bytes).toString("base64"));
  }
  const sorted = [...rows]
    .map(([sha256, base64]) => ({ sha256, base64 }))
    .toSorted((a, b) => (a.sha256 < b.sha256 ? -1 : 1));
  for (const batch of split(sorted)) {
    await tx.$executeRaw`
      INSERT INTO half_content (sha256, bytes)
      SELECT r.sha256, decode(r.base64, 'base64') FROM json_to_recordset(${batch}::text::json) AS r(sha256 text, base64 text)
      ON CONFLICT DO NOTHING`;
  }
}

async function insertSightings(tx: Transaction, batch: string): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO sighting (id, source_json, mechanism, location_json, bucket_json, state_key_json, state_path_hash, identity_hash,
      body_kind, size_bytes, is_truncated, problem_json, content_sha256, fingerprint, etag_json, version_id_json,
      last_modified_ms, state_last_modified_ms, state_size_bytes, first_seen_at_ms, last_seen_at_ms, sweeps_seen,
      roll_calls, gone_at_ms)
    SELECT r.id, r.source_json, r.mechanism, r.location_json, r.bucket_json, r.state_key_json, r.state_path_hash, r.identity_hash,
      r.body_kind, r.size_bytes, r.is_truncated, r.problem_json, r.content_sha256, r.fingerprint, r.etag_json, r.version_id_json,
      r.last_modified_ms, r.state_last_modified_ms, r.state_size_bytes, r.seen_at_ms, r.seen_at_ms, r.sweeps_seen,
      r.roll_calls, r.gone_at_ms
    FROM json_to_recordset(${batch}::text::json) AS r(
      id text, source_json text, mechanism text, location_json text, bucket_json text, state_key_json text, state_path_hash text,
      identity_hash text, body_kind text, size_bytes bigint, is_truncated boolean, problem_json text, content_sha256 text,
      fingerprint text, etag_json text, version_id_json text, last_modified_ms bigint, state_last_modified_ms bigint,
      state_size_bytes bigint, seen_at_ms bigint, sweeps_seen int, roll_calls int, gone_at_ms bigint)`;
}

async function refresh(tx: Transaction, ids: string, startedAtMs: number, countsAfterMs: number | null): Promise<void> {
  await tx.$executeRaw`
    UPDATE sighting SET
      sweeps_seen = sweeps_seen + CASE WHEN ${startedAtMs}::bigint - first_seen_at_ms < ${countsAfterMs}::bigint THEN 0 ELSE 1 END,
      last_seen_at_ms = greatest(last_seen_at_ms, ${startedAtMs}::bigint),
      first_seen_at_ms = least(first_seen_at_ms, ${startedAtMs}::bigint)
    WHERE id IN (SELECT json_array_elements_text(${ids}::text::json))`;
}

async function update(tx: Transaction, batch: string): Promise<void> {
  await tx.$executeRaw`
    UPDATE sighting s SET
      body_kind = CASE WHEN r.content_sha256 IS NULL THEN s.body_kind ELSE r.body_kind END,
      size_bytes = CASE WHEN r.content_sha256 IS NULL THEN s.size_bytes ELSE r.size_bytes END,
      is_truncated = CASE WHEN r.content_sha256 IS NULL THEN s.is_truncated ELSE r.is_truncated END,
      problem_json = CASE WHEN r.content_sha256 IS NULL THEN s.problem_json ELSE r.problem_json END,
      content_sha256 = coalesce(r.content_sha256, s.content_sha256),
      fingerprint = coalesce(r.fingerprint, s.fingerprint),
      version_id_json = coalesce(r.version_id_json, s.version_id_json),
      state_last_modified_ms = r.state_last_modified_ms,
      state_size_bytes = r.state_size_bytes
    FROM json_to_recordset(${batch}::text::json) AS r(
      id text, body_kind text, size_bytes bigint, is_truncated boolean, problem_json text, content_sha256 text, fingerprint text,
      version_id_json text, state_last_modified_ms bigint, state_size_bytes bigint)
    WHERE s.id = r.id`;
}

async function markGone(tx: Transaction, ids: string, goneAtMs: number): Promise<void> {
  await tx.$executeRaw`
    UPDATE sighting SET gone_at_ms = ${goneAtMs}::bigint, ${KEEP_ROLL_CALLS}
    WHERE gone_at_ms IS NULL AND id IN (SELECT json_array_elements_text(${ids}::text::json))`;
}

/** JSON arrays of at most so many rows and about so many bytes. */
function* split(rows: readonly unknown[]): Generator<string> {
  let batch: string[] = [];
  let size = 0;
  for (const row of rows) {
    const json = JSON.stringify(row);
    if (batch.length === BATCH_ROWS || (batch.length > 0 && size + json.length > BATCH_BYTES)) {
      yield `[${batch.join(",")}]`;
      batch = [];
      size = 0;
    }
    batch.push(json);
    size += json.length;
  }
  if (batch.length > 0) yield `[${batch.join(",")}]`;
}
