import type { Actor } from "./actor.ts";
import type { HalfAddress } from "./half.ts";

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
