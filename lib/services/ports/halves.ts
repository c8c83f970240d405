import type { HalfBody } from "#lib/domain/half.ts";

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

/** What AWS answered to the one conditional put that was sent. Only `put` is a success; `unknown` says it may have happened. */
export type HalfPut =
  | { readonly kind: "put"; readonly requestId: string | null }
  /** Something is there: nothing was written. */
  | { readonly kind: "occupied"; readonly requestId: string | null }
  | { readonly kind: "denied"; readonly message: string; readonly requestId: string | null }
  | { readonly kind: "rejected"; readonly message: string; readonly requestId: string | null }
  | { readonly kind: "unknown"; readonly message: string; readonly requestId: string | null };

export type RemovalProof =
  | { readonly verdict: "removed"; readonly removedAtMs: number; readonly requestId: string | null }
  /** No history (not versioned), no permission, or another story than ours. */
  | { readonly verdict: "not_proven"; readonly detail: string; readonly requestId: string | null };
