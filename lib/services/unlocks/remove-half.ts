import type { HalfSighting } from "#lib/domain/half.ts";
import type { HalfOutcome, HolderNow } from "#lib/domain/unlock.ts";
import { compareWithBefore } from "#lib/domain/unlock-compare.ts";
import { needsReadBack, stepHalf } from "#lib/domain/unlock-half-machine.ts";
import type { HalfDeletion, HalfRead } from "#lib/services/ports/halves.ts";
import type { UnlockSession } from "#lib/services/ports/unlocking.ts";
import { describeHolder } from "./describe-holder.ts";

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
  if (!needsReadBack(deletion.kind)) return conclude(deletion, half, null);
  return conclude(deletion, half, await session.readHalf(half.sighting));
}

function conclude(deletion: HalfDeletion, half: FreshHalf, read: HalfRead | null): HalfRemoval {
  const after = read === null ? "unread" : compareWithBefore(half.read, read);
  const message = "message" in deletion ? deletion.message : "";
  const { state, detail } = stepHalf("unknown", { kind: "delete_answered", answer: deletion.kind, after, message });
  return {
    outcome: state,
    detail,
    awsRequestIds: [deletion.requestId, read !== null && "requestId" in read ? read.requestId : null].filter(
      (id) => id !== null,
    ),
    holderNow: read !== null && after === "different" ? describeHolder(read) : null,
  };
}
