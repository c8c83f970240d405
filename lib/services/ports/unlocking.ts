import type { RuleName } from "#lib/domain/access/judge-unlock.ts";
import type { UnlockPolicy } from "#lib/domain/access/unlock-policy.ts";
import type { Actor } from "#lib/domain/actor.ts";
import type { HalfAddress } from "#lib/domain/half.ts";
import type { Source } from "#lib/domain/source.ts";
import type { FinalOutcome, HolderNow, Unlock, UnlockHalf, UnlockOutcome } from "#lib/domain/unlock.ts";
import type { HalfDeletion, HalfGuard, HalfRead } from "./halves.ts";
import type { RestoreSession } from "./restoring.ts";
import type { AuditEntry } from "./trail.ts";

/** Credentials for one unlock: assumed afresh for it, thrown away after it, never shared with scans. */
export type UnlockSession = {
  /** Whose name each account's session carries in CloudTrail, by account; null where it carries none. */
  readonly sourceIdentities: Readonly<Record<string, string | null>>;
  /** Strongly consistent read, one attempt of at most `timeoutMs`. Never throws. */
  readonly readHalf: (address: HalfAddress) => Promise<HalfRead>;
  /** Sends exactly one conditional delete, never retried. Never throws. */
  readonly deleteHalf: (address: HalfAddress, guard: HalfGuard) => Promise<HalfDeletion>;
  readonly close: () => void;
};

export type UnlockGateway = {
  readonly openSession: (input: {
    unlockId: string;
    actor: Actor;
    sources: readonly Source[];
    halves: readonly HalfAddress[];
    timeoutMs: number;
  }) => Promise<UnlockSession>;
  /** Throws AppError `refused` where the account has no role that may restore, or AWS refuses it. */
  readonly openRestoreSession: (input: {
    restoreId: string;
    actor: Actor;
    sources: readonly Source[];
    halves: readonly HalfAddress[];
    timeoutMs: number;
  }) => Promise<RestoreSession>;
};

export type UnlockFilter = {
  readonly actor?: string | undefined;
  readonly account?: string | undefined;
  readonly outcome?: UnlockOutcome | undefined;
  readonly lockKey?: string | undefined;
  /** Only those that came to an intent, at this time or later. */
  readonly intentSinceMs?: number | undefined;
  readonly before?: string | undefined;
  readonly limit: number;
};

export type BeginUnlock =
  | { readonly verdict: "begun" }
  /** Another unlock of this lock began and ended since `intentsBefore` was counted, or a restore of it has no outcome: what was read before is worth nothing. */
  | { readonly verdict: "overtaken" }
  | { readonly verdict: "in_progress"; readonly unlock: Unlock }
  | { readonly verdict: "repeated"; readonly unlock: Unlock }
  /** Its approval does not stand any more, or the person has become too fast since it was judged. */
  | { readonly verdict: "terms_failed"; readonly because: "approval" | "rate" };

/** What must still hold in the moment in which an intent is committed, and what is committed with it. */
export type IntentTerms = {
  /** Used up by this intent, if it is of this person, bound to exactly this unlock, and stands. */
  readonly approvalId?: string;
  /** How often this person may unlock without a second one, this unlock not counted. */
  readonly rates?: readonly NonNullable<UnlockPolicy["rate"]>[];
  /** That the glass is broken, with an audit event of its own. */
  readonly breakGlass?: { readonly skipped: readonly RuleName[]; readonly entry: AuditEntry };
};

export type UnlockStore = {
  readonly find: (id: string) => Promise<Unlock | null>;
  readonly findByIdempotencyKey: (actor: Actor, idempotencyKey: string) => Promise<Unlock | null>;
  /** Newest first. */
  readonly list: (filter: UnlockFilter) => Promise<readonly Unlock[]>;
  /**
   * Commits the intent (outcome `unknown`, every half `unknown`) and its audit event in one transaction. `in_progress` when
   * another unlock of the same lock has no outcome yet, `repeated` when this actor used the idempotency key before.
   */
  readonly begin: (
    unlock: Unlock,
    entry: AuditEntry,
    intentsBefore: number,
    terms?: IntentTerms,
  ) => Promise<BeginUnlock>;
  /** When unlocks of this person, whatever token they used, came to an intent since then; oldest first. */
  readonly listIntentTimes: (actor: Actor, sinceMs: number) => Promise<readonly number[]>;
  /** How many intents of a lock's key have their outcome; counted before the fresh read that an intent rests on. */
  readonly countIntents: (lockKey: string) => Promise<number>;
  /** Stores an unlock that ended before any intent, with its audit event, in one transaction. */
  readonly recordEnded: (unlock: Unlock, entry: AuditEntry) => Promise<BeginUnlock>;
  /** Writes the outcome once, with its audit event, in one transaction; false when it already had one. */
  readonly settle: (input: {
    id: string;
    outcome: FinalOutcome;
    outcomeAtMs: number;
    halves: readonly UnlockHalf[];
    holderNow: HolderNow | null;
    entry: AuditEntry;
  }) => Promise<boolean>;
  /** Keeps what is known so far of each half while the outcome stays unknown. */
  readonly noteHalves: (input: { id: string; halves: readonly UnlockHalf[]; entry: AuditEntry }) => Promise<void>;
  /** Every intent without an outcome, oldest first; whether one may be settled yet is not for our clock alone to say. */
  readonly listUnsettled: () => Promise<readonly Unlock[]>;
};
