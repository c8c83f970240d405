import type { UnlockTermsView } from "./approval-view.ts";
import type { Lock, LockHalf } from "./lock.ts";
import type { UnlockView } from "./unlock-view.ts";

/** A half with its stored bytes; `rawText` is them decoded for display only, `rawBase64` is exact. Both are null where `isRawHidden`. */
export type LockHalfRaw = LockHalf & {
  readonly rawText: string | null;
  readonly rawBase64: string | null;
  /** The reader's access does not include raw text. */
  readonly isRawHidden: boolean;
  readonly isTruncated: boolean;
  readonly problem: string | null;
};

/** One half of this or an earlier lock of the path, from first to last sight. */
export type SightingView = {
  readonly mechanism: string;
  readonly location: string;
  readonly lockId: string | null;
  readonly who: string | null;
  readonly operation: string | null;
  readonly firstSeenAt: string;
  readonly lastSeenAt: string;
  readonly goneAt: string | null;
  readonly goneBy: "unlock" | "elsewhere" | null;
  readonly unlockId: string | null;
};

/** One lock with everything known of its state path; `lock` is null when it is gone. */
export type LockDetail = {
  readonly lock: Lock | null;
  /** Whether the reader's access includes unlocking it; whether it can be unlocked at all is the lock's own matter. */
  readonly mayUnlock: boolean;
  readonly statePath: string;
  readonly bucket: string;
  readonly stateKey: string;
  readonly halves: readonly LockHalfRaw[];
  readonly history: readonly SightingView[];
  readonly unlocks: readonly UnlockView[];
  /** What the policies ask of an unlock; null where none applies, or the lock is gone. */
  readonly terms: UnlockTermsView | null;
};
