import type { StateListing } from "./half.ts";
import type { Mechanism } from "./source.ts";

export const LOCK_STATUSES = ["held", "half", "split", "contended", "unreadable", "malformed"] as const;
export type LockStatus = (typeof LOCK_STATUSES)[number];

export const HOLDER_KINDS = [
  "github-actions",
  "gitlab-runner",
  "atlantis",
  "ci-runner",
  "ec2",
  "ecs",
  "kubernetes",
  "laptop",
  "unknown",
] as const;
export type HolderKind = (typeof HOLDER_KINDS)[number];

/** `kind` is a guess from the shape of the names, and the screen says so. */
export type Holder = { readonly user: string; readonly host: string; readonly kind: HolderKind };

/** One fact that speaks for or against a lock being stale, or for neither. */
export type Evidence = {
  readonly code: string;
  readonly verdict: "for" | "against" | "neutral";
  /** A short phrase: "no write since it was taken". */
  readonly text: string;
  readonly at: string | null;
  /** Where the fact comes from: "listing of acme-tfstate", "lock text", "sightings". */
  readonly source: string;
};

/** Groups of the first screen: which locks need a person. */
export const ATTENTIONS = ["broken", "stale", "waiting", "none"] as const;
export type Attention = (typeof ATTENTIONS)[number];

export type LockHalf = {
  readonly mechanism: Mechanism;
  readonly location: string;
  readonly lockId: string | null;
  readonly fingerprint: string | null;
  readonly acquiredAt: string | null;
  readonly sourceId: string;
  readonly sizeBytes: number | null;
  readonly firstSeenAt: string;
  readonly lastSeenAt: string;
};

/** What protects one state path, as the API answers it. Times are ISO 8601; nothing in it is trusted text but our own. */
export type Lock = {
  readonly key: string;
  readonly account: string;
  readonly accountId: string;
  readonly region: string;
  readonly bucket: string;
  readonly statePath: string;
  readonly stateKey: string;
  readonly workspace: string | null;
  readonly status: LockStatus;
  readonly lockId: string | null;
  readonly operation: string | null;
  readonly operationLabel: string | null;
  readonly who: string | null;
  readonly holder: Holder | null;
  readonly version: string | null;
  readonly createdAt: string | null;
  readonly acquiredAt: string | null;
  readonly ageMs: number | null;
  /** What `ageMs` counts from; "first_seen" means at least this old. */
  readonly ageFrom: "acquired" | "created" | "first_seen";
  readonly hasClockSkew: boolean;
  readonly fingerprint: string;
  readonly halves: readonly LockHalf[];
  readonly evidence: readonly Evidence[];
  readonly attention: Attention;
  /** One sentence a colleague would say. */
  readonly summary: string;
  /** The phrase of evidence that matters most, for a row. */
  readonly headline: string;
  /** False while it must not be offered for unlocking; `unlockBlockedBy` says why. */
  readonly canUnlock: boolean;
  readonly unlockBlockedBy: string | null;
  readonly state: StateListing | null;
  readonly firstSeenAt: string;
  readonly lastSeenAt: string;
  /** True when the last sweep of one of its sources failed: the lock is the last known, not the present. */
  readonly isLastKnown: boolean;
};
