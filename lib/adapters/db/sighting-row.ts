import { createHash } from "node:crypto";
import { z } from "zod";
import type { HalfBody, HalfSighting, ObservedHalf } from "#lib/domain/half.ts";
import { computeStatePathHash } from "#lib/domain/lock-key.ts";
import type { Prisma } from "./generated/client.ts";
import { parseJsonText, parseJsonTextOrNull, toJsonText, toJsonTextOrNull, toNumberOrNull } from "./json-text.ts";

export type SightingRow = Prisma.SightingGetPayload<Record<never, never>>;

const MechanismSchema = z.enum(["s3", "dynamodb"]);
const ItemProblemSchema = z.enum(["info_missing", "info_not_string", "has_digest"]);

export function sha256(data: string | Uint8Array): string {
  return createHash("sha256").update(data).digest("hex");
}

export function hashStatePath(bucket: string, stateKey: string): string {
  return computeStatePathHash(bucket, stateKey, sha256);
}

/** Two observations with the same identity are of the same lock: same place, same ETag or bytes, same time of acquisition. */
export function computeIdentity(half: ObservedHalf): string {
  const { sourceId, location, etag, fingerprint, lastModifiedMs } = half;
  return sha256(JSON.stringify([sourceId, location, etag ?? fingerprint, lastModifiedMs]));
}

/** What a sweep brings of one half, with the numbers and texts as the database wants them in a JSON batch. */
export type ObservedRow = ReturnType<typeof toObservedRow>;

export function toObservedRow(half: ObservedHalf) {
  const { body } = half;
  return {
    source_json: toJsonText(half.sourceId),
    mechanism: half.mechanism,
    location_json: toJsonText(half.location),
    bucket_json: toJsonText(half.bucket),
    state_key_json: toJsonText(half.stateKey),
    state_path_hash: hashStatePath(half.bucket, half.stateKey),
    body_kind: body.kind,
    size_bytes: body.kind === "item" ? body.bytes.length : toInteger(body.sizeBytes),
    is_truncated: body.kind === "bytes" && body.isTruncated,
    problem_json: body.kind === "bytes" ? null : toJsonText(body.problem),
    content_sha256: body.kind === "denied" ? null : sha256(body.bytes),
    fingerprint: half.fingerprint,
    etag_json: toJsonTextOrNull(half.etag),
    version_id_json: toJsonTextOrNull(half.versionId),
    last_modified_ms: toInteger(half.lastModifiedMs),
    state_last_modified_ms: toInteger(half.state?.lastModifiedMs ?? null),
    state_size_bytes: toInteger(half.state?.sizeBytes ?? null),
  };
}

/** A time or size that could not be read is unknown; it must not stop a sweep from being recorded. */
function toInteger(value: number | null): number | null {
  return value === null || !Number.isFinite(value) ? null : Math.trunc(value);
}

export function fromSightingRow(row: SightingRow, contents: ReadonlyMap<string, Uint8Array>): HalfSighting {
  const stateLastModifiedMs = toNumberOrNull(row.stateLastModifiedMs);
  const stateSizeBytes = toNumberOrNull(row.stateSizeBytes);
  return {
    id: row.id,
    sourceId: parseJsonText(row.sourceJson),
    mechanism: MechanismSchema.parse(row.mechanism),
    location: parseJsonText(row.locationJson),
    bucket: parseJsonText(row.bucketJson),
    stateKey: parseJsonText(row.stateKeyJson),
    body: toBody(row, contents),
    fingerprint: row.fingerprint,
    etag: parseJsonTextOrNull(row.etagJson),
    versionId: parseJsonTextOrNull(row.versionIdJson),
    lastModifiedMs: toNumberOrNull(row.lastModifiedMs),
    state:
      stateLastModifiedMs === null || stateSizeBytes === null
        ? null
        : { lastModifiedMs: stateLastModifiedMs, sizeBytes: stateSizeBytes },
    firstSeenAtMs: Number(row.firstSeenAtMs),
    lastSeenAtMs: Number(row.lastSeenAtMs),
    sweepsSeen: row.sweepsSeen,
    isPaired: row.isPaired,
    goneAtMs: toNumberOrNull(row.goneAtMs),
    goneUnlockId: row.goneUnlockId,
  };
}

function toBody(row: SightingRow, contents: ReadonlyMap<string, Uint8Array>): HalfBody {
  const problem = parseJsonTextOrNull(row.problemJson) ?? "";
  if (row.bodyKind === "denied") return { kind: "denied", sizeBytes: toNumberOrNull(row.sizeBytes), problem };
  const bytes = contents.get(row.contentSha256 ?? "");
  if (bytes === undefined) throw new Error(`The bytes of sighting ${row.id} are missing.`);
  if (row.bodyKind === "item") return { kind: "item", bytes, problem: ItemProblemSchema.parse(problem) };
  return { kind: "bytes", bytes, sizeBytes: Number(row.sizeBytes), isTruncated: row.isTruncated };
}
