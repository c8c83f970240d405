import type { Actor } from "./actor.ts";
import type { HalfAddress } from "./half.ts";

export const UNLOCK_OUTCOMES = [
  "released",
  "partial",
  "changed",
  "already_gone",
  "refused",
  "not_executed",
  "gone_unattributed",
  "unknown",
] as const;
/** `unknown` is the only one that may still change, and only once. */
export type UnlockOutcome = (typeof UNLOCK_OUTCOMES)[number];
export type FinalOutcome = Exclude<UnlockOutcome, "unknown">;
export type HalfOutcome = Exclude<UnlockOutcome, "partial">;

/** One half of an unlock: what was there when the intent was committed, and what became of it. */
export type UnlockHalf = HalfAddress & {
  readonly bucket: string;
  readonly stateKey: string;
  readonly accountName: string;
  readonly lockId: string | null;
  readonly fingerprint: string | null;
  readonly etag: string | null;
  readonly versionId: string | null;
  /** The raw bytes that were removed, so that the record alone can restore them. */
  readonly raw: Uint8Array | null;
  /** What it takes beside the bytes to create the half again, in the adapter's own words; null when nothing is known. */
  readonly recreate: string | null;
  /** AWS's own time at the fresh read that the intent rests on. */
  readonly awsDateMs: number | null;
  readonly outcome: HalfOutcome;
  readonly detail: string;
  readonly awsRequestIds: readonly string[];
};

/** The record of one force-unlock, from its committed intent to its outcome. Times are epoch milliseconds. */
export type Unlock = {
  readonly id: string;
  readonly actor: Actor;
  readonly idempotencyKey: string;
  readonly lockKey: string;
  readonly lockId: string | null;
  readonly fingerprint: string;
  readonly account: string;
  readonly accountId: string;
  readonly bucket: string;
  readonly stateKey: string;
  readonly who: string | null;
  readonly operation: string | null;
  readonly reason: string;
  readonly requestedAtMs: number;
  /** Null when it ended before any intent (changed, refused, already gone). */
  readonly intentAtMs: number | null;
  /** After this no delete of ours can still be on its way. */
  readonly deadlineAtMs: number | null;
  readonly outcome: UnlockOutcome;
  readonly outcomeAtMs: number | null;
  readonly halves: readonly UnlockHalf[];
  readonly holderNow: HolderNow | null;
};

/** Who holds the lock after an unlock found it changed, or released it and somebody else took it at once. */
export type HolderNow = {
  readonly lockId: string | null;
  readonly who: string | null;
  readonly operation: string | null;
  readonly createdAt: string | null;
};

/** Releases DynamoDB before S3: runs that wait knock at S3 first, so to them the pair stays whole (lock-semantics 3.8). */
export function orderHalves<T extends HalfAddress>(halves: readonly T[]): readonly T[] {
  return halves.toSorted((a, b) => rankOf(a) - rankOf(b) || (a.location < b.location ? -1 : 1));
}

function rankOf(half: HalfAddress): number {
  return half.mechanism === "dynamodb" ? 0 : 1;
}

export const REASON_LENGTH_MIN = 10;
export const REASON_LENGTH_MAX = 1000;

export type ReasonVerdict =
  | { readonly verdict: "ok"; readonly reason: string }
  | { readonly verdict: "refused"; readonly problem: string };

/** Normalises a reason (NFC, trimmed) and counts what a reader can see: controls, formats and spaces do not count. */
export function checkReason(text: string): ReasonVerdict {
  if (text.length > REASON_LENGTH_MAX * 8) return { verdict: "refused", problem: tooLong };
  const reason = text.toWellFormed().normalize("NFC").trim();
  const visible = [...reason.replace(/[\p{C}\p{Z}\p{M}]/gu, "")].length;
  if (visible < REASON_LENGTH_MIN) {
    return { verdict: "refused", problem: `The reason needs at least ${REASON_LENGTH_MIN} visible characters.` };
  }
  if ([...reason].length > REASON_LENGTH_MAX) return { verdict: "refused", problem: tooLong };
  return { verdict: "ok", reason };
}

const tooLong = `The reason may have at most ${REASON_LENGTH_MAX} characters.`;
