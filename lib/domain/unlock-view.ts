import type { ApprovalView, BreakGlassView } from "./approval-view.ts";
import type { RestoreOutcome } from "./restore.ts";
import type { RestoreOffer, RestoreView } from "./restore-view.ts";
import type { HolderNow, UnlockOutcome } from "./unlock.ts";

export type UnlockHalfView = {
  readonly mechanism: string;
  readonly outcome: string;
  readonly detail: string;
  readonly location: string;
  readonly sourceId: string;
  readonly account: string;
  readonly lockId: string | null;
  readonly fingerprint: string | null;
  readonly etag: string | null;
  readonly rawText: string | null;
  readonly rawBase64: string | null;
  /** The reader's access does not include raw text. */
  readonly isRawHidden: boolean;
  readonly awsRequestIds: readonly string[];
};

/** The record of an unlock as the API answers it. */
export type UnlockView = {
  readonly id: string;
  readonly outcome: UnlockOutcome;
  readonly actor: string;
  readonly reason: string;
  readonly account: string;
  readonly accountId: string;
  readonly bucket: string;
  readonly stateKey: string;
  readonly statePath: string;
  readonly key: string;
  readonly lockId: string | null;
  readonly fingerprint: string;
  readonly who: string | null;
  readonly operation: string | null;
  readonly requestedAt: string;
  readonly intentAt: string | null;
  readonly deadlineAt: string | null;
  readonly outcomeAt: string | null;
  readonly halves: readonly UnlockHalfView[];
  readonly holderNow?: HolderNow;
};

/** One record in a list of many. */
export type UnlockListItem = UnlockView & {
  /** What became of undoing it; null where nobody has put anything back, nor may be about to. */
  readonly restoreOutcome: RestoreOutcome | null;
};

/** One record with everything about undoing it. */
export type UnlockDetail = UnlockView & {
  readonly restore: RestoreOffer;
  /** Every attempt to undo it, oldest first. */
  readonly restores: readonly RestoreView[];
  /** Who approved it; null where nobody was asked. */
  readonly approval: ApprovalView | null;
  readonly breakGlass: BreakGlassView | null;
};
