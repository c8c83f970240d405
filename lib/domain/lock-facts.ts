import type { StateListing } from "./half.ts";
import type { Lock, LockStatus } from "./lock.ts";
import { decideStatus, listHalves, pickSpokesman } from "./lock-status.ts";
import { ageAt, hasClockSkew, isUsableTime } from "./lock-time.ts";
import { describeOperation, type OperationTraits } from "./operation.ts";
import type { LockPair } from "./pairing.ts";
import type { ReadHalf } from "./read-half.ts";
import type { SourceState } from "./source.ts";

/** Everything that evidence and summary are drawn from. Times are epoch milliseconds. */
export type LockFacts = {
  readonly pair: LockPair;
  readonly halves: readonly ReadHalf[];
  readonly spokesman: ReadHalf;
  readonly status: LockStatus;
  readonly operation: OperationTraits;
  readonly nowMs: number;
  readonly createdMs: number | null;
  /** The server's time of the spokesman's own lock; a waiting run's `.tflock` says nothing of it. */
  readonly acquiredMs: number | null;
  readonly takenMs: number;
  readonly ageMs: number;
  readonly ageFrom: Lock["ageFrom"];
  readonly hasClockSkew: boolean;
  readonly state: StateListing | null;
  /** A write after the lock was taken; null when there was none, or when nothing is known of the state. */
  readonly writtenMs: number | null;
  readonly isStale: boolean;
  readonly failing: readonly SourceState[];
};

/** Gathers what is known of one lock; null when it has no halves. */
export function gatherFacts(
  pair: LockPair,
  sourceStates: ReadonlyMap<string, SourceState>,
  nowMs: number,
): LockFacts | null {
  const spokesman = pickSpokesman(pair);
  if (spokesman === null) return null;
  const status = decideStatus(pair);
  const operation = describeOperation(spokesman.text.info.operation);
  const { createdMs } = spokesman.text;
  const acquiredMs = findAcquired(pair, spokesman);
  const halves = listHalves(pair);
  const { takenMs, ageFrom } = findTaken(halves, acquiredMs, createdMs, nowMs);
  const state = pair.s3?.sighting.state ?? pair.dynamodb?.sighting.state ?? null;
  const writtenMs = state !== null && state.lastModifiedMs > takenMs ? state.lastModifiedMs : null;
  return {
    pair,
    halves,
    spokesman,
    status,
    operation,
    nowMs,
    createdMs,
    acquiredMs,
    takenMs,
    ageMs: ageAt(takenMs, nowMs),
    ageFrom,
    hasClockSkew: hasClockSkew(createdMs, acquiredMs, nowMs),
    state,
    writtenMs,
    isStale: ageAt(writtenMs ?? takenMs, nowMs) > operation.staleAfterMs,
    failing: findFailures(halves, sourceStates),
  };
}

function findAcquired({ s3 }: LockPair, spokesman: ReadHalf): number | null {
  if (s3 === null) return null;
  const isSameLock = s3 === spokesman || s3.text.info.id === spokesman.text.info.id || s3.text.info.id === null;
  return isSameLock ? s3.sighting.lastModifiedMs : null;
}

function findTaken(
  halves: readonly ReadHalf[],
  acquiredMs: number | null,
  createdMs: number | null,
  nowMs: number,
): Pick<LockFacts, "takenMs" | "ageFrom"> {
  if (acquiredMs !== null) return { takenMs: acquiredMs, ageFrom: "acquired" };
  if (isUsableTime(createdMs, nowMs)) return { takenMs: createdMs, ageFrom: "created" };
  return { takenMs: Math.min(...halves.map((half) => half.sighting.firstSeenAtMs)), ageFrom: "first_seen" };
}

/** The states of sources because of which a lock is only the last known. */
export function findFailures(
  halves: readonly ReadHalf[],
  sourceStates: ReadonlyMap<string, SourceState>,
): readonly SourceState[] {
  return halves.map((half) => findFailure(half, sourceStates)).filter((failure) => failure !== null);
}

/** The source's state when its last sweep failed, or broke off before it came to this half. */
function findFailure(half: ReadHalf, sourceStates: ReadonlyMap<string, SourceState>): SourceState | null {
  const state = sourceStates.get(half.source.id);
  if (state === undefined) return null;
  if (state.status === "error") return state;
  if (state.status !== "partial" || state.lastAttemptAtMs === null) return null;
  return half.sighting.lastSeenAtMs + (state.durationMs ?? 0) < state.lastAttemptAtMs ? state : null;
}
