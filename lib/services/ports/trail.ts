import type { Actor } from "#lib/domain/actor.ts";
import type { AuditEventFilter } from "#lib/domain/audit-export/audit-filter.ts";
import type { MerkleState } from "#lib/domain/merkle-tree.ts";
import type { NoteSignature } from "#lib/domain/signed-note.ts";

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

/** At most `limit` of the events that are wanted, from before `beforeSeq` where it is given. */
export type AuditFilter = AuditEventFilter & { readonly beforeSeq?: number | undefined; readonly limit: number };

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
