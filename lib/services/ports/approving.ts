import type { Actor } from "#lib/domain/actor.ts";
import type { Approval, ApprovalState, EndState, OpenState } from "#lib/domain/approval.ts";
import type { BreakGlass } from "#lib/domain/break-glass.ts";
import type { AuditEntry } from "./trail.ts";

export type ApprovalFilter = {
  readonly states?: readonly ApprovalState[] | undefined;
  readonly requester?: Actor | undefined;
  readonly account?: string | undefined;
  readonly before?: string | undefined;
  readonly limit: number;
};

export type AskApproval =
  | { readonly verdict: "asked" }
  /** This person has an open request for this lock. */
  | { readonly verdict: "open"; readonly approval: Approval }
  | { readonly verdict: "repeated"; readonly approval: Approval };

/** Every change commits its audit event in the same transaction, and happens once. An approval is used by `UnlockStore.begin`. */
export type ApprovalStore = {
  readonly find: (id: string) => Promise<Approval | null>;
  readonly findByIdempotencyKey: (actor: Actor, idempotencyKey: string) => Promise<Approval | null>;
  /** The one of this person for this lock that is pending or approved. */
  readonly findOpen: (actor: Actor, lockKey: string) => Promise<Approval | null>;
  readonly findByUnlock: (unlockId: string) => Promise<Approval | null>;
  /** Newest first. */
  readonly list: (filter: ApprovalFilter) => Promise<readonly Approval[]>;
  readonly listOpen: () => Promise<readonly Approval[]>;
  readonly ask: (approval: Approval, entry: AuditEntry) => Promise<AskApproval>;
  /** False when it is not pending any more, or has expired. */
  readonly approve: (input: {
    id: string;
    by: Actor;
    atMs: number;
    comment: string | null;
    entry: AuditEntry;
  }) => Promise<boolean>;
  /** False when it is not in the state `from` any more. */
  readonly end: (input: {
    id: string;
    from: OpenState;
    to: Exclude<EndState, "used">;
    by: Actor;
    atMs: number;
    note: string | null;
    entry: AuditEntry;
  }) => Promise<boolean>;
};

/** What went past approval and cool-down; it is written by `UnlockStore.begin`. */
export type BreakGlassStore = {
  readonly find: (unlockId: string) => Promise<BreakGlass | null>;
  /** What nobody has reviewed, oldest first. */
  readonly listOpen: () => Promise<readonly BreakGlass[]>;
  /** False when it was reviewed before. */
  readonly review: (input: {
    unlockId: string;
    by: Actor;
    atMs: number;
    comment: string;
    entry: AuditEntry;
  }) => Promise<boolean>;
};
