import type { Actor } from "#lib/domain/actor.ts";
import type { HalfAddress } from "#lib/domain/half.ts";
import type { FinalRestoreOutcome, Restore, RestoreHalf, RestoreOutcome } from "#lib/domain/restore.ts";
import type { HalfPut, HalfRead } from "./halves.ts";
import type { AuditEntry } from "./trail.ts";

/** Credentials for one restore: its client can read halves and create what is absent, and nothing else. */
export type RestoreSession = {
  readonly sourceIdentities: Readonly<Record<string, string | null>>;
  readonly readHalf: (address: HalfAddress) => Promise<HalfRead>;
  /** Sends exactly one put that AWS carries out only where nothing is, never retried. Never throws. */
  readonly putHalf: (address: HalfAddress, content: { raw: Uint8Array; recreate: string }) => Promise<HalfPut>;
  readonly close: () => void;
};

export type BeginRestore =
  | { readonly verdict: "begun" }
  /** This unlock has been undone, or an attempt to has no outcome yet. */
  | { readonly verdict: "taken"; readonly restore: Restore }
  /** An unlock or another restore of the same lock has no outcome, or its deadline is not past. */
  | { readonly verdict: "in_progress"; readonly other: { readonly kind: "unlock" | "restore"; readonly id: string } }
  | { readonly verdict: "repeated"; readonly restore: Restore };

export type RestoreStore = {
  readonly find: (id: string) => Promise<Restore | null>;
  readonly findByIdempotencyKey: (actor: Actor, idempotencyKey: string) => Promise<Restore | null>;
  /** Oldest first. */
  readonly listOfUnlock: (unlockId: string) => Promise<readonly Restore[]>;
  /** Of these unlocks, those that a restore put back, wholly or in part, or may be putting back now. */
  readonly listPutBack: (unlockIds: readonly string[]) => Promise<ReadonlyMap<string, RestoreOutcome>>;
  /** Commits the intent (outcome `unknown`, every half `unknown`) and its audit event in one transaction. */
  readonly begin: (restore: Restore, entry: AuditEntry) => Promise<BeginRestore>;
  /** Stores a restore that ended before any intent, with its audit event, in one transaction. */
  readonly recordEnded: (restore: Restore, entry: AuditEntry) => Promise<BeginRestore>;
  /** Writes the outcome once, with its audit event, in one transaction; false when it already had one. */
  readonly settle: (input: {
    id: string;
    outcome: FinalRestoreOutcome;
    outcomeAtMs: number;
    halves: readonly RestoreHalf[];
    entry: AuditEntry;
  }) => Promise<boolean>;
  /** Keeps what is known so far of each half while the outcome stays unknown. */
  readonly noteHalves: (input: { id: string; halves: readonly RestoreHalf[]; entry: AuditEntry }) => Promise<void>;
  /** Every restore of a lock's key that has no outcome yet; of all locks without a key. */
  readonly listUnsettled: (lockKey?: string) => Promise<readonly Restore[]>;
};
