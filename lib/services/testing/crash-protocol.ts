import type { UnlockRequest } from "#lib/services/unlocks/unlock-record.ts";

export const CRASH_POINTS = ["after_intent", "before_send", "after_send", "before_outcome", "after_outcome"] as const;
/** Where in an unlock its process dies. */
export type CrashPoint = (typeof CRASH_POINTS)[number];
export type Crash = { readonly point: CrashPoint; readonly at: number };
/** The unlock at which a process died, and how many of its deletes it had seen the answer of. */
export type Death = { readonly unlockId: string; readonly deletesAnswered: number };

export type ChildCommand =
  | {
      readonly kind: "open";
      readonly url: string | null;
      readonly dataDir: string;
      readonly endpoint: string;
      readonly person: string;
    }
  | {
      readonly kind: "unlock";
      readonly requests: readonly UnlockRequest[];
      /** How many of them run at the same time. */
      readonly lanes: number;
      readonly crash: Crash | null;
    };

export type ChildAnswer =
  | { readonly kind: "loaded" }
  | { readonly kind: "open" }
  | { readonly kind: "done"; readonly results: readonly Result[] }
  | { readonly kind: "failed"; readonly message: string };

/** How one unlock ended for whoever asked: its outcome, or the code of the error. */
export type Result = {
  readonly idempotencyKey: string;
  readonly outcome: string;
  readonly message: string;
  readonly durationMs: number;
};
