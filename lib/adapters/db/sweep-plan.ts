import type { ObservedHalf } from "#lib/domain/half.ts";
import { isInRange } from "#lib/domain/key-range.ts";
import type { Coverage } from "#lib/services/ports/scanning.ts";
import { computeIdentity, type ObservedRow, toObservedRow } from "./sighting-row.ts";

/** What is stored of a sighting, as far as a look must know it: what is current, and what went since the look began. */
export type StoredSighting = {
  readonly id: string;
  readonly identityHash: string;
  readonly location: string;
  readonly contentSha256: string | null;
  readonly versionIdJson: string | null;
  /** With the roll calls of its source. */
  readonly lastSeenAtMs: number;
  readonly stateLastModifiedMs: number | null;
  readonly stateSizeBytes: number | null;
  readonly goneAtMs: number | null;
};

export type NewSighting = ObservedRow & {
  readonly identity_hash: string;
  readonly seen_at_ms: number;
  readonly sweeps_seen: number;
  readonly gone_at_ms: number | null;
};

/** What recording a look has to write. */
export type SweepPlan = {
  readonly inserts: readonly { readonly row: NewSighting; readonly bytes: Uint8Array | null }[];
  /** Seen again, whatever else. */
  readonly seen: readonly string[];
  /** Seen again with another body, version or state beside it. */
  readonly changed: readonly { readonly id: string; readonly row: ObservedRow; readonly bytes: Uint8Array | null }[];
  readonly gone: readonly string[];
  /** Every current half that is not gone was seen again, so that it is enough to write so at the source. */
  readonly isRollCall: boolean;
};

/**
 * Compares a look with what is stored. Only a complete one finds things gone, only where it looked, and only what was last
 * seen before it began. What went after it began stays gone; what only an overtaken look saw is recorded as gone by the newer
 * complete sweep.
 */
export function planSweep(input: {
  readonly startedAtMs: number;
  readonly isComplete: boolean;
  readonly coverage: Coverage;
  readonly halves: readonly ObservedHalf[];
  readonly stored: readonly StoredSighting[];
  readonly lastCompleteStartedAtMs: number | null;
}): SweepPlan {
  const { startedAtMs, isComplete, coverage, lastCompleteStartedAtMs } = input;
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
      const change = startedAtMs < stored.lastSeenAtMs ? null : findChange(stored, half, coverage);
      if (change !== null) changed.push(change);
    } else if (!goneSince.has(identity)) {
      // A refresh is no sweep: two looks a few seconds apart must not pass for a half seen over several sweeps.
      const sweepsSeen = coverage.kind === "all" ? 1 : 0;
      inserts.push(toInsert(half, { identity, startedAtMs, sweepsSeen, goneAtMs: overtakenBy }));
    }
  }
  const isCovered = coveredBy(coverage);
  const isGone = ({ identityHash, lastSeenAtMs, location }: StoredSighting) =>
    !observed.has(identityHash) && lastSeenAtMs < startedAtMs && isCovered(location);
  const gone = isComplete ? [...current.values()].filter(isGone).map((stored) => stored.id) : [];
  const isWhole = isComplete && coverage.kind === "all" && overtakenBy === null;
  const isRollCall =
    isWhole &&
    seen.length > 0 &&
    seen.length + gone.length === current.size &&
    [...current.values()].every((stored) => stored.lastSeenAtMs <= startedAtMs);
  return { inserts, seen, changed, gone, isRollCall };
}

/** What to add of halves that a running sweep found: each of them that is neither stored nor went since the sweep began. */
export function planFound(input: {
  readonly startedAtMs: number;
  readonly halves: readonly ObservedHalf[];
  readonly stored: readonly Pick<StoredSighting, "identityHash">[];
}): SweepPlan {
  const { startedAtMs } = input;
  const known = new Set(input.stored.map((stored) => stored.identityHash));
  const found = new Map(input.halves.map((half) => [computeIdentity(half), half]));
  // The sweep counts itself when it ends.
  const inserts = [...found].flatMap(([identity, half]) =>
    known.has(identity) ? [] : [toInsert(half, { identity, startedAtMs, sweepsSeen: 0, goneAtMs: null })],
  );
  return { inserts, seen: [], changed: [], gone: [], isRollCall: false };
}

function toInsert(
  half: ObservedHalf,
  facts: { identity: string; startedAtMs: number; sweepsSeen: number; goneAtMs: number | null },
): SweepPlan["inserts"][number] {
  const { identity, startedAtMs, sweepsSeen, goneAtMs } = facts;
  const times = { seen_at_ms: startedAtMs, sweeps_seen: sweepsSeen, gone_at_ms: goneAtMs };
  return { row: { ...toObservedRow(half), identity_hash: identity, ...times }, bytes: bytesOf(half) };
}

function coveredBy(coverage: Coverage): (location: string) => boolean {
  if (coverage.kind === "all") return () => true;
  const locations = new Set(coverage.locations);
  return (location) => locations.has(location) || coverage.ranges.some((range) => isInRange(location, range));
}

function findChange(
  stored: StoredSighting,
  half: ObservedHalf,
  coverage: Coverage,
): SweepPlan["changed"][number] | null {
  // Only who listed all can tell that no state is beside a lock.
  const isStateUnknown = coverage.kind === "part" && half.state === null;
  const observed = toObservedRow(half);
  const row: ObservedRow = isStateUnknown
    ? { ...observed, state_last_modified_ms: stored.stateLastModifiedMs, state_size_bytes: stored.stateSizeBytes }
    : observed;
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
