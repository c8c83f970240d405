import type { HalfSighting } from "#lib/domain/half.ts";
import { type HolderNow, orderHalves, type UnlockHalf, type UnlockOutcome } from "#lib/domain/unlock.ts";
import { compareWithShown } from "#lib/domain/unlock-compare.ts";
import { stepHalf } from "#lib/domain/unlock-half-machine.ts";
import { stepUnlock } from "#lib/domain/unlock-machine.ts";
import type { Context } from "#lib/services/ports/context.ts";
import type { HalfRead } from "#lib/services/ports/halves.ts";
import type { UnlockSession } from "#lib/services/ports/unlocking.ts";
import { describeHolder } from "./describe-holder.ts";
import type { FreshHalf } from "./remove-half.ts";
import { recordHalf } from "./unlock-record.ts";

export type FreshReads =
  | { readonly verdict: "go"; readonly halves: readonly FreshHalf[]; readonly tookMs: number }
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
  const startedAtMs = ctx.monotonicMs();
  const judged = await Promise.all(
    orderHalves(sightings).map(async (sighting) => {
      const read = await session.readHalf(sighting);
      return { sighting, read, ...judgeRead(sighting, read) };
    }),
  );
  const outcome = stepUnlock("requested", { kind: "freshly_read", halves: judged.map(({ state }) => state) }).state;
  if (outcome === "requested") {
    return {
      verdict: "go",
      halves: judged.flatMap(({ sighting, read }) =>
        read.kind === "present"
          ? [{ sighting: { ...sighting, body: read.body, versionId: read.versionId }, read }]
          : [],
      ),
      tookMs: ctx.monotonicMs() - startedAtMs,
    };
  }
  const survivor =
    judged.find((half) => half.state === "changed") ?? judged.find((half) => half.read.kind === "present");
  return {
    verdict: "stop",
    outcome,
    halves: judged.map(({ sighting, read, state, detail }) => {
      const stopped = state === "requested" ? stepHalf(state, { kind: "other_half_stopped" }) : { state, detail };
      return recordHalf(ctx, sighting, {
        outcome: stopped.state,
        detail: stopped.detail,
        awsRequestIds: "requestId" in read && read.requestId !== null ? [read.requestId] : [],
      });
    }),
    holderNow: outcome === "changed" && survivor !== undefined ? describeHolder(survivor.read) : null,
  };
}

function judgeRead(sighting: HalfSighting, read: HalfRead) {
  const message = read.kind === "denied" || read.kind === "failed" ? `${read.message} ${read.hint}` : "";
  return stepHalf("requested", { kind: "fresh_read", found: compareWithShown(sighting, read), message });
}
