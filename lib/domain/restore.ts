import type { Actor } from "./actor.ts";
import type { HalfAddress } from "./half.ts";
import { orderHalves } from "./unlock.ts";

export const RESTORE_OUTCOMES = ["restored", "partial", "changed", "refused", "not_executed", "unknown"] as const;
/** `changed` says that somebody has locked since. `unknown` is the only one that may still change, and only once. */
export type RestoreOutcome = (typeof RESTORE_OUTCOMES)[number];
export type FinalRestoreOutcome = Exclude<RestoreOutcome, "unknown">;
export type RestoreHalfOutcome = Exclude<RestoreOutcome, "partial">;

/** One half that is to be there again; its bytes are the unlock's record of it. */
export type RestoreHalf = HalfAddress & {
  readonly outcome: RestoreHalfOutcome;
  readonly detail: string;
  readonly awsRequestIds: readonly string[];
};

/** The record of one attempt to undo an unlock. Times are epoch milliseconds. */
export type Restore = {
  readonly id: string;
  readonly unlockId: string;
  readonly lockKey: string;
  readonly actor: Actor;
  readonly idempotencyKey: string;
  readonly reason: string;
  readonly requestedAtMs: number;
  /** Null when it ended before any intent. */
  readonly intentAtMs: number | null;
  /** After this no put of ours can still be on its way. */
  readonly deadlineAtMs: number | null;
  readonly outcome: RestoreOutcome;
  readonly outcomeAtMs: number | null;
  readonly halves: readonly RestoreHalf[];
};

/** Puts S3 before DynamoDB, as Terraform does when it locks: a run that comes meanwhile knocks at S3 first and is kept out. */
export function orderRestore<T extends HalfAddress>(halves: readonly T[]): readonly T[] {
  return orderHalves(halves).toReversed();
}

/** What our one conditional put was answered; `denied` and `rejected` say that AWS surely did not carry it out. */
export type PutAnswer = "put" | "occupied" | "denied" | "rejected" | "unknown";
/** What the read after the put found in its place. */
export type PutReadBack = "absent" | "same" | "different" | "unreadable";

/**
 * What one put and the read after it prove. Only a confirmed put that reads back the same is a success; whatever leaves doubt
 * is `unknown`, for the reconciler to settle.
 */
export function decideHalfRestore(put: PutAnswer, after: PutReadBack): RestoreHalfOutcome {
  switch (put) {
    case "put":
      return after === "same" ? "restored" : "unknown";
    case "occupied":
      return "changed";
    case "denied":
      // The place was empty before: what AWS says it refused should not be there.
      return after === "same" ? "unknown" : "refused";
    case "rejected":
      return after === "same" ? "unknown" : "not_executed";
    case "unknown":
      return "unknown";
  }
}

/** Settles a half from a read alone, after the deadline, when no put of ours can still arrive. */
export function settleRestoreByReading(read: Exclude<PutReadBack, "unreadable">): RestoreHalfOutcome {
  if (read === "same") return "restored";
  return read === "different" ? "changed" : "not_executed";
}

/** One outcome for the whole restore: `unknown` until every half is settled, `partial` when one is there and another is not. */
export function decideRestoreOutcome(halves: readonly RestoreHalfOutcome[]): RestoreOutcome {
  if (halves.includes("unknown")) return "unknown";
  if (halves.includes("restored")) return halves.every((half) => half === "restored") ? "restored" : "partial";
  for (const outcome of ["changed", "refused"] as const) {
    if (halves.includes(outcome)) return outcome;
  }
  return "not_executed";
}
