import type { ObservedHalf } from "#lib/domain/half.ts";
import { computeIdentity, type ObservedRow, toObservedRow } from "./sighting-row.ts";

/** What is stored of a sighting, as far as a sweep must know it: everything current, and what went since the sweep began. */
export type StoredSighting = {
  readonly id: string;
  readonly identityHash: string;
  readonly contentSha256: string | null;
  readonly versionIdJson: string | null;
  readonly lastSeenAtMs: number;
  readonly stateLastModifiedMs: number | null;
  readonly stateSizeBytes: number | null;
  readonly goneAtMs: number | null;
};

export type NewSighting = ObservedRow & {
  readonly identity_hash: string;
  readonly seen_at_ms: number;
  readonly gone_at_ms: number | null;
};

/** What recording a sweep has to write. */
export type SweepPlan = {
  readonly inserts: readonly { readonly row: NewSighting; readonly bytes: Uint8Array | null }[];
  /** Seen again, whatever else. */
  readonly seen: readonly string[];
  /** Seen again with another body, version or state beside it. */
  readonly changed: readonly { readonly id: string; readonly row: ObservedRow; readonly bytes: Uint8Array | null }[];
  readonly gone: readonly string[];
};

/**
 * Compares a sweep with what is stored. Only a complete sweep finds things gone, and only what was last seen before it began.
 * What went after it began stays gone; what only an overtaken sweep saw is recorded as gone by the newer complete one.
 */
export function planSweep(input: {
  readonly startedAtMs: number;
  readonly isComplete: boolean;
  readonly halves: readonly ObservedHalf[];
  readonly stored: readonly StoredSighting[];
  readonly lastCompleteStartedAtMs: number | null;
}): SweepPlan {
  const { startedAtMs, isComplete, lastCompleteStartedAtMs } = input;
  const current = new Map<string, StoredSighting>();
  const goneSince = new Set<string>();
  for (const stored of input.stored) {
    if (stored.goneAtMs === null) current.set(stored.identityHash, stored);
    else if (stored.goneAtMs >= startedAtMs) goneSince.add(stored.identityHash);
  }
  const overtakenBy =
    lastCompleteStartedAtMs !== null && lastCompleteStartedAtMs > startedAtMs ? lastCompleteStartedAtMs : null;

  const observed = new Map(input.halves.map((half) => [computeIdentity(half), half]));
  const inserts: SweepPlan["inserts"][number][] = [];
  const changed: SweepPlan["changed"][number][] = [];
  const seen: string[] = [];
  for (const [identity, half] of observed) {
    const stored = current.get(identity);
    if (stored !== undefined) {
      seen.push(stored.id);
      const change = startedAtMs < stored.lastSeenAtMs ? null : findChange(stored, half);
      if (change !== null) changed.push(change);
    } else if (!goneSince.has(identity)) {
      const row = { ...toObservedRow(half), identity_hash: identity, seen_at_ms: startedAtMs, gone_at_ms: overtakenBy };
      inserts.push({ row, bytes: bytesOf(half) });
    }
  }
  const isGone = (stored: StoredSighting) => !observed.has(stored.identityHash) && stored.lastSeenAtMs < startedAtMs;
  const gone = isComplete ? [...current.values()].filter(isGone).map((stored) => stored.id) : [];
  return { inserts, seen, changed, gone };
}

function findChange(stored: StoredSighting, half: ObservedHalf): SweepPlan["changed"][number] | null {
  const row = toObservedRow(half);
  // A body that became unreadable is still the body it was: the ETag says so.
  const isBodyNew = row.content_sha256 !== null && row.content_sha256 !== stored.contentSha256;
  const isVersionNew = row.version_id_json !== null && row.version_id_json !== stored.versionIdJson;
  const isStateNew =
    row.state_last_modified_ms !== stored.stateLastModifiedMs || row.state_size_bytes !== stored.stateSizeBytes;
  if (!isBodyNew && !isVersionNew && !isStateNew) return null;
  return { id: stored.id, row, bytes: isBodyNew ? bytesOf(half) : null };
}

function bytesOf(half: ObservedHalf): Uint8Array | null {
  return half.body.kind === "denied" ? null : half.body.bytes;
}
