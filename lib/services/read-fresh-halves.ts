import type { HalfSighting } from "#lib/domain/half.ts";
import {
  decideOutcome,
  type HalfOutcome,
  type HolderNow,
  orderHalves,
  type UnlockHalf,
  type UnlockOutcome,
} from "#lib/domain/unlock.ts";
import { describeHolder } from "./describe-holder.ts";
import type { Context, HalfRead, UnlockSession } from "./ports.ts";
import type { FreshHalf } from "./remove-half.ts";
import { recordHalf } from "./unlock-record.ts";

export type FreshReads =
  | { readonly verdict: "go"; readonly halves: readonly FreshHalf[] }
  | {
      readonly verdict: "stop";
      readonly outcome: UnlockOutcome;
      readonly halves: readonly UnlockHalf[];
      readonly holderNow: HolderNow | null;
    };

/** Reads every half again, strongly consistent, and goes on only if each is exactly the one that was shown. */
export async function readFreshHalves(
  ctx: Context,
  session: UnlockSession,
  sightings: readonly HalfSighting[],
): Promise<FreshReads> {
  const reads = await Promise.all(
    orderHalves(sightings).map(async (sighting) => ({ sighting, read: await session.readHalf(sighting) })),
  );
  const judged = reads.map(({ sighting, read }) => ({ sighting, read, ...judgeFreshRead(sighting, read) }));
  if (judged.every((half) => half.outcome === null)) {
    return {
      verdict: "go",
      halves: reads.flatMap(({ sighting, read }) =>
        read.kind === "present"
          ? [{ sighting: { ...sighting, body: read.body, versionId: read.versionId }, read }]
          : [],
      ),
    };
  }
  const outcomes = judged.map((half) => half.outcome);
  // One half gone and the other still there is not the lock that was shown either.
  const outcome =
    outcomes.includes(null) && outcomes.includes("already_gone")
      ? "changed"
      : decideOutcome(outcomes.filter((o) => o !== null));
  const survivor =
    judged.find((half) => half.outcome === "changed") ?? judged.find((half) => half.read.kind === "present");
  return {
    verdict: "stop",
    outcome,
    halves: judged.map((half) =>
      recordHalf(ctx, half.sighting, {
        outcome: half.outcome ?? "not_executed",
        detail: half.detail,
        awsRequestIds: "requestId" in half.read && half.read.requestId !== null ? [half.read.requestId] : [],
      }),
    ),
    holderNow: outcome === "changed" && survivor !== undefined ? describeHolder(survivor.read) : null,
  };
}

function judgeFreshRead(sighting: HalfSighting, read: HalfRead): { outcome: HalfOutcome | null; detail: string } {
  switch (read.kind) {
    case "absent":
      return { outcome: "already_gone", detail: "It is gone already. Nothing was deleted." };
    case "denied":
      return { outcome: "refused", detail: `${read.message} ${read.hint} Nothing was deleted.` };
    case "failed":
      return { outcome: "not_executed", detail: `${read.message} ${read.hint} Nothing was deleted.` };
    case "present":
      return isAsShown(sighting, read)
        ? { outcome: null, detail: "Unchanged, but not touched. Nothing was deleted." }
        : { outcome: "changed", detail: "It changed since it was shown. Nothing was deleted." };
  }
}

/** The ETag must be the one shown, and so must the bytes, wherever the scan could read them. */
function isAsShown(sighting: HalfSighting, read: Extract<HalfRead, { kind: "present" }>): boolean {
  if (sighting.mechanism === "s3" && (sighting.etag === null || sighting.etag !== read.etag)) return false;
  return sighting.fingerprint === null ? sighting.mechanism === "s3" : sighting.fingerprint === read.fingerprint;
}
