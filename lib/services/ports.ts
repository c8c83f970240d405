import type { Access } from "#lib/domain/access/access.ts";
import type { Claims } from "#lib/domain/access/claims.ts";
import type { RuleName } from "#lib/domain/access/judge-unlock.ts";
import type { KnownPerson } from "#lib/domain/access/known-person.ts";
import type { RateRule, RateVerdict } from "#lib/domain/access/rate.ts";
import type { Place } from "#lib/domain/access/scope.ts";
import type { SignIn } from "#lib/domain/access/sign-in.ts";
import type { SignInProblem } from "#lib/domain/access/sign-in-problem.ts";
import type { ApiToken } from "#lib/domain/access/token.ts";
import type { UnlockPolicy } from "#lib/domain/access/unlock-policy.ts";
import type { AccountSettings } from "#lib/domain/account.ts";
import type { Actor, Identity } from "#lib/domain/actor.ts";
import type { Approval, ApprovalState, EndState, OpenState } from "#lib/domain/approval.ts";
import type { BreakGlass } from "#lib/domain/break-glass.ts";
import type { HalfAddress, HalfBody, HalfSighting, ObservedHalf } from "#lib/domain/half.ts";
import type { KeyRange } from "#lib/domain/key-range.ts";
import type { MerkleState } from "#lib/domain/merkle-tree.ts";
import type { RefreshPlan } from "#lib/domain/refresh-plan.ts";
import type { FinalRestoreOutcome, Restore, RestoreHalf, RestoreOutcome } from "#lib/domain/restore.ts";
import type { ScanRule } from "#lib/domain/scan-schedule.ts";
import type { NoteSignature } from "#lib/domain/signed-note.ts";
import type { Source, SourceError, SourceNotice, SourceState } from "#lib/domain/source.ts";
import type { SourceMemory } from "#lib/domain/source-memory.ts";
import type { FinalOutcome, HolderNow, Unlock, UnlockHalf, UnlockOutcome } from "#lib/domain/unlock.ts";

/** What a sweep reports while it runs, so that a page can show numbers instead of a spinner. */
export type SweepProgress = { readonly pages: number; readonly objectsSeen: number; readonly locksFound: number };

/** What a look at a source took in: all of it, or only these ranges and places. Only there can it find that a half is gone. */
export type Coverage =
  | { readonly kind: "all" }
  | { readonly kind: "part"; readonly ranges: readonly KeyRange[]; readonly locations: readonly string[] };

/** One complete or broken-off listing of one source, or a refresh of a part. `halves` of an `unchanged` body repeat the known bytes. */
export type SweepResult = {
  readonly outcome: "ok" | "partial" | "error";
  /** Of an `ok` result; without it, all. */
  readonly coverage?: Coverage;
  /** For the next look; without it, what is stored stays. */
  readonly memory?: SourceMemory;
  /** DynamoDB read units that AWS said it took. */
  readonly readUnits?: number;
  /** What a person should know of this source although nothing failed. */
  readonly notice?: SourceNotice | null;
  readonly halves: readonly ObservedHalf[];
  readonly requests: number;
  readonly objectsSeen: number;
  readonly digestsSeen: number;
  readonly foreignSeen: number;
  readonly error: SourceError | null;
};

export type SweepOptions = {
  readonly memory?: SourceMemory;
  /** Called with halves as they are found, each once, before the sweep ends; all of them are in the result too. */
  readonly onFound?: (halves: readonly ObservedHalf[]) => void;
};

/** Reads sources with the scan role; it has no way to write. Never throws: failures are in the result. */
export type SourceScanner = {
  readonly sweep: (
    source: Source,
    known: readonly HalfSighting[],
    onProgress: (progress: SweepProgress) => void,
    options?: SweepOptions,
  ) => Promise<SweepResult>;
  /** Looks only where the plan says, with the same care. Bodies of known halves that did not change are not read again. */
  readonly refresh: (source: Source, known: readonly HalfSighting[], plan: RefreshPlan) => Promise<SweepResult>;
  /** Strongly consistent read of one half, with the scan role. */
  readonly readHalf: (source: Source, address: HalfAddress) => Promise<HalfRead>;
  /** Whether a versioned bucket's history proves that exactly this half was deleted after `sinceMs`, by AWS's time. Never throws. */
  readonly findRemoval: (
    source: Source,
    half: HalfAddress & { readonly etag: string | null; readonly versionId: string | null; readonly sinceMs: number },
  ) => Promise<RemovalProof>;
  /** AWS's time minus ours, from the newest answers; null before the first. Read it with the age of ours: it moves. */
  readonly clockOffsetMs: () => number | null;
};

export type RemovalProof =
  | { readonly verdict: "removed"; readonly removedAtMs: number; readonly requestId: string | null }
  /** No history (not versioned), no permission, or another story than ours. */
  | { readonly verdict: "not_proven"; readonly detail: string; readonly requestId: string | null };

/** The condition under which a half may be deleted: it is still exactly what was read. */
export type HalfGuard =
  | { readonly kind: "etag"; readonly etag: string }
  | {
      readonly kind: "item" /** The item's `Info` as DynamoDB JSON; null when it has none. */;
      readonly info: string | null;
    };

export type HalfRead =
  | {
      readonly kind: "present";
      readonly body: HalfBody;
      readonly fingerprint: string | null;
      readonly etag: string | null;
      readonly versionId: string | null;
      readonly lastModifiedMs: number | null;
      readonly guard: HalfGuard;
      /** Kept with an unlock, and given back to `putHalf` to restore it; null when it cannot be restored exactly. */
      readonly recreate: string | null;
      /** AWS's own time of this answer (its `Date` header). */
      readonly awsDateMs: number | null;
      readonly requestId: string | null;
    }
  | { readonly kind: "absent"; readonly awsDateMs: number | null; readonly requestId: string | null }
  | { readonly kind: "denied"; readonly message: string; readonly hint: string; readonly requestId: string | null }
  | { readonly kind: "failed"; readonly message: string; readonly hint: string };

/** What AWS answered to the one delete that was sent. Only `deleted` is a success; `unknown` says it may have happened. */
export type HalfDeletion =
  | { readonly kind: "deleted"; readonly requestId: string | null; readonly versionId: string | null }
  | { readonly kind: "condition_failed"; readonly requestId: string | null }
  | { readonly kind: "absent"; readonly requestId: string | null }
  | { readonly kind: "denied"; readonly message: string; readonly requestId: string | null }
  | { readonly kind: "rejected"; readonly message: string; readonly requestId: string | null }
  | { readonly kind: "unknown"; readonly message: string; readonly requestId: string | null };

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

/** What AWS answered to the one conditional put that was sent. Only `put` is a success; `unknown` says it may have happened. */
export type HalfPut =
  | { readonly kind: "put"; readonly requestId: string | null }
  /** Something is there: nothing was written. */
  | { readonly kind: "occupied"; readonly requestId: string | null }
  | { readonly kind: "denied"; readonly message: string; readonly requestId: string | null }
  | { readonly kind: "rejected"; readonly message: string; readonly requestId: string | null }
  | { readonly kind: "unknown"; readonly message: string; readonly requestId: string | null };

/** Credentials for one restore: its client can read halves and create what is absent, and nothing else. */
export type RestoreSession = {
  readonly sourceIdentities: Readonly<Record<string, string | null>>;
  readonly readHalf: (address: HalfAddress) => Promise<HalfRead>;
  /** Sends exactly one put that AWS carries out only where nothing is, never retried. Never throws. */
  readonly putHalf: (address: HalfAddress, content: { raw: Uint8Array; recreate: string }) => Promise<HalfPut>;
  readonly close: () => void;
};

/** Who did what, as it is appended to the trail. `details` must be JSON; raw bytes go in as base64. */
export type AuditEntry = {
  readonly action: AuditAction;
  readonly actor: Actor;
  readonly atMs: number;
  readonly requestId: string | null;
  readonly unlockId: string | null;
  readonly details: Readonly<Record<string, unknown>>;
};

export type AuditAction =
  | "unlock.intent"
  | "unlock.outcome"
  | "unlock.unknown"
  | "unlock.settled"
  | "unlock.refused"
  /** Asked for something that cannot be an unlock: no record is made, but the attempt is on the trail. */
  | "unlock.invalid"
  | "restore.intent"
  | "restore.outcome"
  | "restore.unknown"
  | "restore.settled"
  | "restore.refused"
  | "audit.exported"
  | "audit.key_rotated"
  /** Somebody asked for what their access does not allow. */
  | "access.denied"
  | "sign_in.succeeded"
  | "sign_in.failed"
  | "sign_in.ended"
  | "session.revoked"
  | "person.added"
  | "person.changed"
  | "token.made"
  | "token.revoked"
  | "approval.requested"
  | "approval.given"
  | "approval.denied"
  | "approval.withdrawn"
  | "approval.expired"
  | "approval.voided"
  | "break_glass.used"
  | "break_glass.reviewed"
  | "config.changed";

export type AuditFilter = {
  readonly actor?: string | undefined;
  readonly account?: string | undefined;
  /** Any part of a state path, in any case. */
  readonly statePath?: string | undefined;
  readonly outcome?: string | undefined;
  readonly action?: string | undefined;
  readonly unlockId?: string | undefined;
  readonly fromMs?: number | undefined;
  readonly toMs?: number | undefined;
  readonly beforeSeq?: number | undefined;
  readonly limit: number;
};

export type AuditLine = { readonly seq: number; readonly line: string };

/** Whether the whole stored chain is sound right now: every number, link, hash, and every stored checkpoint. */
export type ChainVerdict = {
  readonly size: number;
  readonly checkedAtMs: number;
  readonly durationMs: number;
  /** The first thing that is wrong; null when all is well. */
  readonly problem: { readonly seq: number; readonly message: string } | null;
};

export type AuditTrail = {
  readonly append: (entry: AuditEntry) => Promise<void>;
  /** Number and hash of the last event; 0 and 32 zero bytes while there is none. */
  readonly readHead: () => Promise<{ readonly seq: number; readonly hash: Uint8Array }>;
  /** Chain hashes after `afterSeq`, oldest first: the leaves of the checkpoints' tree. */
  readonly readHashes: (input: {
    afterSeq: number;
    limit: number;
  }) => Promise<readonly { readonly seq: number; readonly hash: Uint8Array }[]>;
  /** Lines that match, newest first. */
  readonly find: (filter: AuditFilter) => Promise<readonly AuditLine[]>;
  /** Reads the whole trail in the database, so it costs time in proportion to its length. */
  readonly verify: () => Promise<ChainVerdict>;
  /** The first event after `afterSeq` whose link, hash or signature is wrong, up to the present end; null when all are right. */
  readonly verifyAfter: (afterSeq: number) => Promise<ChainVerdict["problem"]>;
  /** The key that signs events and notes here. */
  readonly signedBy: { readonly keyName: string; readonly keyId: string };
  /** Whether our key or one on record signed this note. */
  readonly isOwnNote: (note: {
    readonly body: string;
    readonly signatures: readonly NoteSignature[];
  }) => Promise<boolean>;
  /** Signs the body of a note with the key that signs events. */
  readonly signNote: (body: string) => {
    readonly keyName: string;
    readonly keyId: string;
    readonly signature: Uint8Array;
  };
  /** Stored lines after `afterSeq`, oldest first; each is one JSON document without line breaks. */
  readonly readLines: (input: { afterSeq: number; limit: number }) => Promise<readonly AuditLine[]>;
  readonly listPublicKeys: () => Promise<readonly string[]>;
};

export type SweepRecord = {
  readonly source: Source;
  /** Only known halves were asked for: the source is no fresher than before, and its times stay. Else the coverage tells. */
  readonly isSpotCheck?: boolean;
  readonly startedAtMs: number;
  readonly finishedAtMs: number;
  readonly result: SweepResult;
};

export type SightingStore = {
  /** Everything not known to be gone. The same array is returned until something changed. */
  readonly listCurrent: () => Promise<readonly HalfSighting[]>;
  /** Current sightings of one source, for a sweep to compare with. */
  readonly listCurrentOf: (sourceId: string) => Promise<readonly HalfSighting[]>;
  /** The state path whose `computeStatePathHash` (lib/domain/lock-key.ts; stored with each sighting) this is. */
  readonly findStatePath: (
    statePathHash: string,
  ) => Promise<{ readonly bucket: string; readonly stateKey: string } | null>;
  /** Current and past sightings of one state path, newest first, at most `limit`. */
  readonly listOfStatePath: (input: {
    bucket: string;
    stateKey: string;
    limit: number;
  }) => Promise<readonly HalfSighting[]>;
  /**
   * Stores a sweep in one transaction: updates the source's state, adds or refreshes sightings and, if the sweep was
   * complete, marks as gone what it did not see where it looked (`result.coverage`). A sweep never revives what went after the sweep
   * began. Only a complete one that covers all moves `lastScanAtMs`; one that covers a part moves `lastRefreshAtMs`.
   */
  readonly recordSweep: (sweep: SweepRecord) => Promise<void>;
  /**
   * Shows halves that a running sweep found, before its end: adds those that are new, and neither counts a sweep nor marks
   * anything as gone. What went after `startedAtMs` is not revived.
   */
  readonly recordFound: (found: {
    source: Source;
    startedAtMs: number;
    halves: readonly ObservedHalf[];
  }) => Promise<void>;
  /** What the last sweep of a source left for the next look; `NO_MEMORY` when there is none, or it cannot be read. */
  readonly readMemory: (sourceId: string) => Promise<SourceMemory>;
  readonly listSourceStates: () => Promise<readonly SourceState[]>;
  /** Null before the first look at it. */
  readonly findSourceState: (sourceId: string) => Promise<SourceState | null>;
  readonly markGone: (input: {
    address: HalfAddress;
    fingerprint: string | null;
    etag: string | null;
    atMs: number;
    unlockId: string;
  }) => Promise<void>;
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

/** A signed statement of the whole trail up to `size` events. */
export type Checkpoint = {
  readonly size: number;
  /** RFC 6962 root over the chain hashes. */
  readonly root: Uint8Array;
  /** The signed note, as it is written to every place that keeps it. */
  readonly note: string;
  readonly keyId: string;
  readonly atMs: number;
};

export type CheckpointStore = {
  /** The newest, by size. */
  readonly findLatest: () => Promise<Checkpoint | null>;
  /** Appends; one of the same size and key is kept as it is. */
  readonly record: (checkpoint: Checkpoint) => Promise<void>;
};

/** A place outside the database that keeps checkpoints. */
export type CheckpointSink = {
  readonly name: string;
  readonly write: (checkpoint: Checkpoint) => Promise<void>;
  /** The newest that this place has, as text; null where it has none or cannot be asked. */
  readonly readLatest: () => Promise<string | null>;
};

/** What one place says that the trail was when it had `size` events. */
export type TreeClaim = { readonly place: string; readonly size: number; readonly root: Uint8Array };

/** What a full look at the trail found. */
export type TrailVerdict = {
  readonly size: number;
  readonly checkedAtMs: number;
  readonly durationMs: number;
  /** The first event that is wrong; hashes and links of all were looked at, signatures from `signaturesFrom` on. */
  readonly problem: { readonly seq: number; readonly message: string } | null;
  readonly signaturesFrom: number;
  /** The checkpoints it was compared with. */
  readonly compared: readonly { readonly place: string; readonly size: number }[];
  /** The first of them that it contradicts. */
  readonly contradiction: { readonly place: string; readonly size: number; readonly message: string } | null;
};

/** What this process remembers of the trail, so that neither a checkpoint nor a page has to read all of it every time. */
export type TrailMemory = {
  /** The tree as far as it was read, with its roots at the sizes that checkpoints have. */
  tree: {
    readonly state: MerkleState;
    readonly lastHash: Uint8Array;
    readonly roots: ReadonlyMap<number, Uint8Array>;
  } | null;
  /** What the places outside the database said last; null before they were asked. */
  claims: readonly TreeClaim[] | null;
  /** What they said that was no checkpoint of ours, by place, to complain of it once. */
  readonly strangeNotes: Map<string, string>;
  /** Sinks that lack the newest checkpoint. */
  readonly failedSinks: Set<string>;
  /** Why the last checkpoint was not signed; null when it was, or there was nothing new. */
  refusal: string | null;
  /** The last full look, or the one that runs now. */
  verification: { endedMs: number | null; readonly done: Promise<TrailVerdict> } | null;
  verdict: TrailVerdict | null;
};

/** How far one destination has received the trail. */
export type Delivery = {
  readonly seq: number;
  readonly deliveredAtMs: number | null;
  readonly failures: number;
  readonly retryAtMs: number | null;
  readonly error: string | null;
};

export type DeliveryStore = {
  /** A destination that is new begins before the first event. */
  readonly find: (destination: string) => Promise<Delivery>;
  readonly recordDelivered: (input: { destination: string; seq: number; atMs: number }) => Promise<void>;
  readonly recordFailure: (input: { destination: string; error: string; retryAtMs: number }) => Promise<void>;
};

/** One receiver of the trail. */
export type Destination = {
  readonly name: string;
  /** Sends consecutive lines in order; resolves only when the receiver has taken all of them. Throws with the reason otherwise. */
  readonly send: (lines: readonly AuditLine[]) => Promise<void>;
};

/** Tells every replica that sightings or sources changed; a change that nobody was told of is found at the next look anyway. */
export type ChangeFeed = {
  /** Calls back soon after each change that any replica stored, and once after a lost connection came back. Returns the end of it. */
  readonly subscribe: (onChange: () => void) => () => void;
};

/** Counts what each asks for, over all replicas. */
export type RateLimiter = {
  /** Takes one of what `rule` allows under a key. One that is refused takes nothing. Throws AppError `unavailable`. */
  readonly take: (key: string, rule: RateRule) => Promise<RateVerdict>;
};

/** A token with what its secret is checked against. */
export type StoredToken = ApiToken & { /** SHA-256, lower-case hex. */ readonly secretHash: string };

export type TokenStore = {
  readonly find: (id: string) => Promise<StoredToken | null>;
  /** Those that were not revoked, newest first: of one owner, or of everybody. */
  readonly list: (owner: Identity | null) => Promise<readonly ApiToken[]>;
  /** Stores a new one with its audit event, in one transaction. */
  readonly record: (token: StoredToken, entry: AuditEntry) => Promise<void>;
  /** Ends one for good with its audit event, in one transaction; false when it had been before. */
  readonly revoke: (input: { id: string; atMs: number; entry: AuditEntry }) => Promise<boolean>;
  readonly noteUse: (input: { id: string; atMs: number }) => Promise<void>;
};

/** Lets one process at a time do a named piece of work, over all replicas. */
export type Leadership = {
  /** Runs `work`, or resolves with null at once while another process (or another call of this one) does it. */
  readonly lead: <T>(name: string, work: () => Promise<T>) => Promise<T | null>;
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

export type Log = {
  readonly info: (fields: Record<string, unknown>, message: string) => void;
  readonly warn: (fields: Record<string, unknown>, message: string) => void;
  readonly error: (fields: Record<string, unknown>, message: string) => void;
};

/** Counts for /metrics; never carries state paths, lock IDs or people. */
export type Counters = {
  readonly sweepEnded: (source: Source, outcome: SweepResult["outcome"], durationMs: number) => void;
  readonly unlockEnded: (outcome: UnlockOutcome) => void;
  readonly restoreEnded: (outcome: RestoreOutcome) => void;
  readonly auditAppendFailed: () => void;
  readonly checkpointWritten: (checkpoint: { size: number; atMs: number }) => void;
  readonly deliveryLag: (destination: string, events: number) => void;
};

/** What every verb needs from the world. `actor` is who asks, never taken from a request body. */
export type Context = {
  readonly actor: Actor;
  /** What the actor may do: every verb asks it itself, at the place where it would act. */
  readonly access: Access;
  readonly signIn: SignIn;
  /** How old a sign-in may be before what cannot be undone; null asks nobody to sign in anew. */
  readonly freshSignInMsMax: number | null;
  /** What somebody else may do now, from what is stored and configured; null for who is unknown or disabled. */
  readonly accessOf: (identity: Identity) => Promise<Access | null>;
  /** What an unlock takes beside the permission, by scope. */
  readonly policies: readonly UnlockPolicy[];
  /** Groups and people who may approve at all of these places, as the configuration names them. */
  readonly nameApprovers: (places: readonly Place[]) => readonly string[];
  /** Has what is on the trail sent to every destination at once. */
  readonly hurryDeliveries: () => void;
  readonly requestId: string;
  readonly now: () => number;
  /** Time that never jumps, for deadlines within this process; only differences mean anything. */
  readonly monotonicMs: () => number;
  readonly newId: () => string;
  /** 256 random bits, as 43 characters of base64url. */
  readonly newSecret: () => string;
  /** Waits; tests pass one that does not. */
  readonly pause: (ms: number) => Promise<void>;
  /** SHA-256 of UTF-8 text or bytes, lower-case hex. */
  readonly sha256: (data: string | Uint8Array) => string;
  readonly accounts: readonly AccountSettings[];
  readonly sources: readonly Source[];
  readonly scanner: SourceScanner;
  readonly gateway: UnlockGateway;
  readonly sightings: SightingStore;
  readonly unlocks: UnlockStore;
  readonly restores: RestoreStore;
  readonly approvals: ApprovalStore;
  readonly breakGlass: BreakGlassStore;
  readonly audit: AuditTrail;
  readonly checkpoints: CheckpointStore;
  readonly checkpointSinks: readonly CheckpointSink[];
  readonly deliveries: DeliveryStore;
  readonly destinations: readonly Destination[];
  readonly rates: RateLimiter;
  readonly tokens: TokenStore;
  readonly people: PersonStore;
  /** Null where nobody signs in here: at this machine alone, or behind a proxy that signs people in. */
  readonly signInDesk: SignInDesk | null;
  readonly leadership: Leadership;
  readonly changes: ChangeFeed;
  /** What waits for the store before anything is sent is given up after this long; null for a store within this process. */
  readonly storeAnswerMsMax: number | null;
  readonly trail: TrailMemory;
  /** For how long after its outcome an unlock can be undone. */
  readonly restoreWindowMs: number;
  readonly scanRuleOf: (source: Source) => ScanRule;
  readonly sweeps: SweepRegistry;
  readonly counters: Counters;
  readonly log: Log;
};

/** Sweeps running in this process, so that a second request joins the first instead of doubling the calls. */
export type SweepRegistry = {
  readonly running: Map<string, RunningSweep>;
  /** Refreshes that run in this process, by source. */
  readonly refreshing: Map<string, Promise<void>>;
};

export type RunningSweep = {
  readonly startedAtMs: number;
  progress: SweepProgress;
  readonly done: Promise<void>;
};

/** People as they are known. What somebody decided is committed together with its audit event. */
export type PersonStore = {
  readonly find: (identity: Identity) => Promise<KnownPerson | null>;
  readonly findByKey: (key: string) => Promise<KnownPerson | null>;
  /** Somebody who signs in with a password, by address. */
  readonly findByLogin: (email: string) => Promise<KnownPerson | null>;
  /** At most `limit`, those first who signed in last. */
  readonly list: (limit: number) => Promise<readonly KnownPerson[]>;
  /** Adds somebody who will sign in with a password; null when the address is taken. */
  readonly add: (
    person: { readonly subject: string; readonly name: string; readonly email: string; readonly isAdmin: boolean },
    entry: AuditEntry,
  ) => Promise<KnownPerson | null>;
  /** What a provider or a proxy says about somebody now; adds who is not known yet. */
  readonly record: (
    said: Identity & {
      readonly kind: "oidc" | "proxy";
      readonly name: string;
      readonly email: string | null;
      readonly groups: readonly string[];
      readonly atMs: number;
    },
  ) => Promise<KnownPerson>;
  readonly recordSignIn: (key: string, atMs: number) => Promise<void>;
  /** False when nobody has that key. */
  readonly change: (
    input: { readonly key: string; readonly isAdmin?: boolean; readonly disabledAtMs?: number | null },
    entry: AuditEntry,
  ) => Promise<boolean>;
  /** Takes it upon this caller to read somebody's groups anew; false while another, here or elsewhere, does so since `sinceMs`. */
  readonly claimGroups: (input: { key: string; atMs: number; sinceMs: number }) => Promise<boolean>;
  readonly releaseGroups: (key: string) => Promise<void>;
  /** Keeps a one-time link to set a password; earlier ones for the same person, or for nobody, no longer work. */
  readonly makeLink: (
    link: { readonly tokenHash: string; readonly personKey: string | null; readonly expiresAtMs: number },
    entry: AuditEntry | null,
  ) => Promise<void>;
  readonly findLink: (tokenHash: string, nowMs: number) => Promise<{ readonly personKey: string | null } | null>;
  /** Uses a link up: of several at once one gets true. */
  readonly takeLink: (tokenHash: string, nowMs: number) => Promise<boolean>;
};

/** A session that somebody opened by signing in. */
export type OpenSession = {
  readonly id: string;
  readonly personKey: string;
  /** When the person really showed who they are; null where the provider does not say. */
  readonly signedInAtMs: number | null;
  readonly startedAtMs: number;
  readonly lastUsedAtMs: number;
  readonly ipAddress: string | null;
  readonly userAgent: string | null;
};

/** Who asks, for the list of sessions. */
export type Visitor = { readonly address: string; readonly userAgent: string | null; readonly cookie: string | null };

/** How somebody's sign-in at the provider came out. `reason` is for the log and the trail: our own words. */
export type ProviderSignIn =
  | {
      readonly verdict: "verified";
      /** Ours to keep or to end before the cookies are handed out. */
      readonly session: OpenSession;
      readonly cookies: readonly string[];
      readonly identity: Identity;
      readonly claims: Claims;
      readonly isAgain: boolean;
      readonly next: string;
    }
  | { readonly verdict: "refused"; readonly problem: SignInProblem; readonly reason: string };

/** All that signing in here takes. */
export type SignInDesk = {
  readonly gateway: SignInGateway;
  readonly mode: "password" | "oidc";
  /** In the mode `oidc`: addresses of those who may sign in with a password all the same. */
  readonly breakGlassPeople: readonly string[];
  /** What the button for the provider says; null where there is none. */
  readonly providerName: string | null;
  readonly groupsClaim: string;
  /** Where browsers find us, without a path. */
  readonly publicUrl: string;
  /** What nobody can guess: 256 bits as text. */
  readonly newSecret: () => string;
  readonly rates: {
    readonly take: (
      key: string,
      rule: { readonly limit: number; readonly perMs: number },
    ) => Promise<{ readonly ok: true } | { readonly ok: false; readonly retryInMs: number }>;
  };
};

/** Signs people in and keeps their sessions. */
export type SignInGateway = {
  /** The session of a cookie; null for none, a forged one and one that ended. */
  readonly findSession: (cookie: string | null) => Promise<OpenSession | null>;
  readonly noteUse: (sessionId: string, atMs: number) => Promise<void>;
  /** Opens a session; null for whoever is not known and for a wrong password, in the same time. */
  readonly signInWithPassword: (
    input: { readonly email: string; readonly password: string },
    visitor: Visitor,
  ) => Promise<{ readonly session: OpenSession; readonly cookies: readonly string[] } | null>;
  /** Where to send the browser, and the cookies to give it. Throws AppError `unavailable` while the provider is down. */
  readonly beginAtProvider: (input: {
    readonly next: string;
    readonly isAgain: boolean;
  }) => Promise<{ readonly url: string; readonly cookies: readonly string[] }>;
  /** Throws AppError `unavailable` while the provider is down. */
  readonly finishAtProvider: (query: Readonly<Record<string, string>>, visitor: Visitor) => Promise<ProviderSignIn>;
  /** Asks the provider what it now says about somebody. */
  readonly readClaims: (person: KnownPerson) => Promise<
    | { readonly verdict: "read"; readonly claims: Claims }
    /** The provider does not vouch any longer, or never let us ask. */
    | { readonly verdict: "ended" }
    | { readonly verdict: "unavailable" }
  >;
  /** The cookies that forget a session, and where the provider ends its own; the session itself is ended. */
  readonly signOut: (
    cookie: string | null,
  ) => Promise<{ readonly cookies: readonly string[]; readonly providerUrl: string | null }>;
  readonly listSessions: (personKey: string) => Promise<readonly OpenSession[]>;
  readonly endSession: (personKey: string, sessionId: string) => Promise<boolean>;
  /** How many were ended. */
  readonly endSessions: (personKey: string, except?: string) => Promise<number>;
  readonly setPassword: (input: {
    readonly personKey: string;
    readonly email: string;
    readonly password: string;
  }) => Promise<void>;
  readonly isPassword: (personKey: string, password: string) => Promise<boolean>;
  readonly hasPassword: (personKey: string) => Promise<boolean>;
  /** Whether the provider answers now; null where there is none. */
  readonly probeProvider: () => Promise<boolean | null>;
};
