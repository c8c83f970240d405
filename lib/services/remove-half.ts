import type { HalfSighting } from "#lib/domain/half.ts";
import type { HalfOutcome, HolderNow } from "#lib/domain/unlock.ts";
import { describeHolder } from "./describe-holder.ts";
import type { HalfDeletion, HalfGuard, HalfRead, UnlockSession } from "./ports.ts";

export type HalfRemoval = {
  readonly outcome: HalfOutcome;
  readonly detail: string;
  readonly awsRequestIds: readonly string[];
  readonly holderNow: HolderNow | null;
};

/** A half as it was read freshly for this unlock, and found to be the one that was shown. */
export type FreshHalf = { readonly sighting: HalfSighting; readonly read: Extract<HalfRead, { kind: "present" }> };

/** Sends the one conditional delete of a half, reads back, and says what became of it. Never throws, never sends twice. */
export async function removeHalf(session: UnlockSession, half: FreshHalf): Promise<HalfRemoval> {
  const deletion = await session.deleteHalf(half.sighting, half.read.guard);
  const after = await session.readHalf(half.sighting);
  const { outcome, detail } = decideRemoval(deletion, compareReads(half.read, after));
  return {
    outcome,
    detail,
    awsRequestIds: [deletion.requestId, "requestId" in after ? after.requestId : null].filter((id) => id !== null),
    holderNow: compareReads(half.read, after) === "different" ? describeHolder(after) : null,
  };
}

export type ReadBack = "absent" | "same" | "different" | "unreadable";

/** Compares what stood at an address before and after; only an equal guard counts as the same lock. */
function compareReads(
  before: { readonly guard: HalfGuard; readonly fingerprint: string | null },
  after: HalfRead,
): ReadBack {
  if (after.kind === "absent") return "absent";
  if (after.kind !== "present") return "unreadable";
  return isSameGuard(before.guard, after.guard) && before.fingerprint === after.fingerprint ? "same" : "different";
}

function isSameGuard(a: HalfGuard, b: HalfGuard): boolean {
  if (a.kind === "etag") return b.kind === "etag" && a.etag === b.etag;
  return b.kind === "item" && a.info === b.info;
}

/** What one delete and the read after it prove. Whatever leaves doubt is `unknown`, for the reconciler to settle. */
export function decideRemoval(deletion: HalfDeletion, after: ReadBack): { outcome: HalfOutcome; detail: string } {
  switch (deletion.kind) {
    case "deleted":
      return decideAfterSuccess(after);
    case "condition_failed":
      return decideAfterRefusedCondition(after);
    case "absent":
      if (after === "different") return { outcome: "changed", detail: "Somebody else holds it now." };
      if (after === "same")
        return { outcome: "not_executed", detail: "AWS answered that it is absent, yet it is still there." };
      return { outcome: "already_gone", detail: "It was gone before our delete arrived." };
    case "denied":
      return { outcome: "refused", detail: deletion.message };
    case "rejected":
      return { outcome: "not_executed", detail: deletion.message };
    case "unknown":
      return { outcome: "unknown", detail: deletion.message };
  }
}

function decideAfterSuccess(after: ReadBack): { outcome: HalfOutcome; detail: string } {
  switch (after) {
    case "absent":
      return { outcome: "released", detail: "Deleted, and confirmed by reading back." };
    case "different":
      return { outcome: "released", detail: "Deleted; another holder took the lock right after." };
    case "same":
      return { outcome: "unknown", detail: "AWS confirmed the delete, yet the same lock is still there." };
    case "unreadable":
      return { outcome: "unknown", detail: "AWS confirmed the delete, but reading back failed." };
  }
}

function decideAfterRefusedCondition(after: ReadBack): { outcome: HalfOutcome; detail: string } {
  switch (after) {
    case "absent":
      return { outcome: "already_gone", detail: "It was gone before our delete arrived." };
    case "different":
      return { outcome: "changed", detail: "It changed since it was read. Nothing was deleted." };
    case "same":
      return {
        outcome: "not_executed",
        detail: "AWS refused the condition although the lock reads the same. Nothing was deleted.",
      };
    case "unreadable":
      return {
        outcome: "changed",
        detail: "AWS answered that it changed; who holds it now could not be read. Nothing was deleted.",
      };
  }
}
