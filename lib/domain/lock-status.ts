import type { Attention, LockStatus } from "./lock.ts";
import type { LockPair } from "./pairing.ts";
import type { ReadHalf } from "./read-half.ts";

/** Names what is there; a difference of IDs seen once is a waiting run's knock, not a split. */
export function decideStatus(pair: LockPair): LockStatus {
  const halves = listHalves(pair);
  if (halves.some((half) => half.text.verdict === "denied")) return "unreadable";
  if (halves.some((half) => half.text.verdict === "malformed")) return "malformed";
  if (pair.s3 !== null && pair.dynamodb !== null) return decidePairStatus(pair.s3, pair.dynamodb);
  return halves.some((half) => half.sighting.isPaired) ? "half" : "held";
}

function decidePairStatus(s3: ReadHalf, dynamodb: ReadHalf): LockStatus {
  if (s3.text.info.id === dynamodb.text.info.id) return "held";
  return sweepsOfYounger(s3, dynamodb) < 2 ? "contended" : "split";
}

function sweepsOfYounger(a: ReadHalf, b: ReadHalf): number {
  const differenceMs = a.sighting.firstSeenAtMs - b.sighting.firstSeenAtMs;
  if (differenceMs === 0) return Math.min(a.sighting.sweepsSeen, b.sighting.sweepsSeen);
  return (differenceMs > 0 ? a : b).sighting.sweepsSeen;
}

/** DynamoDB first: it is the side that refuses a run which has already passed S3. */
export function listHalves(pair: LockPair): readonly ReadHalf[] {
  return [pair.dynamodb, pair.s3].filter((half) => half !== null);
}

/** The half whose text speaks for the lock: the first that is a lock, else the first that names an ID. */
export function pickSpokesman(pair: LockPair): ReadHalf | null {
  const halves = listHalves(pair);
  return (
    halves.find((half) => half.text.verdict === "lock") ??
    halves.find((half) => half.text.info.id !== null) ??
    halves.find((half) => half.text.verdict === "malformed") ??
    halves[0] ??
    null
  );
}

/** Why a lock must not be offered for unlocking; null when it may be. */
export function findUnlockBlock(pair: LockPair, status: LockStatus): string | null {
  const digest = listHalves(pair).some(
    ({ sighting }) => sighting.body.kind === "item" && sighting.body.problem === "has_digest",
  );
  if (digest) return "The DynamoDB item also holds the state's digest, and deleting it would remove both.";
  if (status !== "contended") return null;
  return "The other half was seen once with another ID, probably of a waiting run. Scan again before you decide.";
}

export function decideAttention(status: LockStatus, isStale: boolean): Attention {
  if (status === "contended") return "waiting";
  if (status !== "held") return "broken";
  return isStale ? "stale" : "none";
}
