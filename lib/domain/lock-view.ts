import { collectEvidence } from "./evidence.ts";
import type { HalfSighting } from "./half.ts";
import type { Lock, LockHalf } from "./lock.ts";
import { gatherFacts, type LockFacts } from "./lock-facts.ts";
import { identifyLock } from "./lock-identity.ts";
import { decideAttention, findUnlockBlock } from "./lock-status.ts";
import { formatIsoTime } from "./lock-time.ts";
import { pairHalves } from "./pairing.ts";
import type { ReadHalf } from "./read-half.ts";
import type { Source, SourceState } from "./source.ts";
import { formatStatePath, parseWorkspace } from "./state-path.ts";
import { formatHeadline, formatSummary } from "./summary.ts";

export type BuildLocksInput = {
  /** What is now known; those that are gone, or whose source is not configured, are left out. */
  readonly sightings: readonly HalfSighting[];
  /** Past sightings, if at hand: they show what happens again and again. */
  readonly earlier?: readonly HalfSighting[];
  readonly sources: readonly Source[];
  readonly sourceStates: readonly SourceState[];
  readonly nowMs: number;
  readonly sha256: (data: string) => string;
};

/** Joins sightings into locks, each with its evidence. Never throws, and does not depend on the order of its input. */
export function buildLocks(input: BuildLocksInput): readonly Lock[] {
  const sourceStates = new Map(input.sourceStates.map((state) => [state.sourceId, state]));
  return pairHalves(input.sightings, input.sources)
    .map((pair) => gatherFacts(pair, sourceStates, input.nowMs))
    .filter((facts) => facts !== null)
    .map((facts) => toLock(facts, input));
}

/** One lock of what is known of it. */
export function toLock(facts: LockFacts, { sha256, earlier = [] }: Pick<BuildLocksInput, "sha256" | "earlier">): Lock {
  const { pair, status, spokesman, halves, operation } = facts;
  const { account } = pair.home;
  const { info } = spokesman.text;
  const { bucket, stateKey } = pair;
  const shown = halves.map(toLockHalf);
  const { key, fingerprint } = identifyLock(pair, halves, sha256);
  const unlockBlockedBy = findUnlockBlock(pair, status);
  return {
    key,
    account: account.name,
    accountId: account.id,
    region: pair.home.region,
    bucket,
    statePath: formatStatePath(pair),
    stateKey,
    workspace: parseWorkspace(stateKey),
    status,
    lockId: info.id,
    operation: info.operation,
    operationLabel: info.operation === null || info.operation === "" ? null : operation.label,
    who: info.who,
    holder: spokesman.text.holder,
    version: info.version,
    createdAt: formatIsoTime(facts.createdMs),
    acquiredAt: formatIsoTime(facts.acquiredMs),
    ageMs: facts.ageMs,
    ageFrom: facts.ageFrom,
    hasClockSkew: facts.hasClockSkew,
    fingerprint,
    halves: shown,
    evidence: collectEvidence(facts, earlier),
    attention: decideAttention(status, facts.isStale),
    summary: formatSummary(facts),
    headline: formatHeadline(facts),
    canUnlock: unlockBlockedBy === null,
    unlockBlockedBy,
    state: facts.state,
    firstSeenAt:
      shown
        .map((half) => half.firstSeenAt)
        .toSorted()
        .at(0) ?? "",
    lastSeenAt:
      shown
        .map((half) => half.lastSeenAt)
        .toSorted()
        .at(-1) ?? "",
    isLastKnown: facts.failing.length > 0,
  };
}

/** A half looks the same as long as its sighting does; thousands of dates need not be written again. */
const lockHalves = new WeakMap<HalfSighting, LockHalf>();

function toLockHalf(half: ReadHalf): LockHalf {
  const known = lockHalves.get(half.sighting);
  if (known !== undefined) return known;
  const lockHalf = describeHalf(half);
  lockHalves.set(half.sighting, lockHalf);
  return lockHalf;
}

function describeHalf({ sighting, source, text }: ReadHalf): LockHalf {
  return {
    mechanism: sighting.mechanism,
    location: `${source.name}/${sighting.location}`,
    lockId: text.info.id,
    fingerprint: sighting.fingerprint,
    acquiredAt: formatIsoTime(sighting.lastModifiedMs),
    sourceId: sighting.sourceId,
    sizeBytes: sighting.body.kind === "item" ? sighting.body.bytes.length : sighting.body.sizeBytes,
    firstSeenAt: toIso(sighting.firstSeenAtMs),
    lastSeenAt: toIso(sighting.lastSeenAtMs),
  };
}

function toIso(timeMs: number): string {
  return new Date(timeMs).toISOString();
}
