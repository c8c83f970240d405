import type { Finding } from "./access/judge-unlock.ts";
import type { ApprovalState, ShownLock } from "./approval.ts";
import type { Evidence } from "./lock.ts";

/** A request for approval as the API answers it. */
export type ApprovalView = {
  readonly id: string;
  readonly state: ApprovalState;
  readonly requestedBy: string;
  readonly reason: string;
  /** Which rules ask for a second person. */
  readonly because: string;
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
  readonly expiresAt: string;
  readonly approvedBy: string | null;
  readonly approvedAt: string | null;
  readonly comment: string | null;
  readonly endedBy: string | null;
  readonly endedAt: string | null;
  readonly endNote: string | null;
  /** The record of the unlock that used it. */
  readonly unlockId: string | null;
  /** The reader asked for it. */
  readonly isYours: boolean;
  /** The reader can be the second person. */
  readonly canDecide: boolean;
};

/** The lock of a request as it is now, as far as the list knows. */
export type LockNow =
  | { readonly verdict: "same"; readonly summary: string; readonly evidence: readonly Evidence[] }
  | { readonly verdict: "changed"; readonly summary: string; readonly evidence: readonly Evidence[] }
  | { readonly verdict: "gone" };

/** One request with all there is to decide it by. */
export type ApprovalDetail = ApprovalView & {
  readonly shown: ShownLock;
  readonly lockNow: LockNow;
  /** Groups and people who may approve it, as the configuration names them. */
  readonly approvers: readonly string[];
  /** Why the reader cannot approve it; null where they can. */
  readonly cannotDecide: string | null;
};

/** What the policies ask of an unlock, before anybody asks for it. */
export type UnlockTermsView = {
  readonly findings: readonly (Omit<Finding, "passesAtMs"> & { readonly passesAt: string | null })[];
  /** What would become of it now, if the reason names what it must. */
  readonly verdict: "allowed" | "refused" | "needs_approval";
  /** Forms of tickets, of each list one of which the reason must name. */
  readonly tickets: readonly (readonly string[])[];
  readonly approvers: readonly string[];
  /** The reader's open request for this lock. */
  readonly approval: ApprovalView | null;
  /** What breaking the glass would go past; null where the reader cannot, or there is nothing that it could go past. */
  readonly breakGlass: readonly string[] | null;
};

/** That the glass was broken, and who has looked into it. */
export type BreakGlassView = {
  readonly unlockId: string;
  readonly actor: string;
  readonly account: string;
  readonly statePath: string;
  readonly stateKey: string;
  readonly reason: string;
  readonly skipped: readonly string[];
  readonly usedAt: string;
  readonly reviewedBy: string | null;
  readonly reviewedAt: string | null;
  readonly comment: string | null;
  /** The reader may review it. */
  readonly canReview: boolean;
};
