import type { Unlock } from "#lib/domain/unlock.ts";
import { AppError } from "#lib/services/errors.ts";
import { awsNow } from "#lib/services/locks/aws-time.ts";
import type { Context } from "#lib/services/ports/context.ts";
import { describeStep } from "./unlock-record.ts";

/** What it takes to write down what became of an unlock; nothing in it can reach AWS. */
export type RecordContext = Pick<Context, "actor" | "requestId" | "now" | "pause" | "counters" | "log"> & {
  readonly unlocks: Pick<Context["unlocks"], "find" | "settle" | "noteHalves">;
  readonly sightings: Pick<Context["sightings"], "markGone">;
  readonly scanner: Pick<Context["scanner"], "clockOffsetMs">;
};

const ATTEMPTS_MAX = 4;

/**
 * Commits what became of an unlock. When the database does not answer, it is tried a few times more and then left to the
 * reconciler: what is returned then says `unknown`, because that is all the record says.
 */
export async function settleRecord(ctx: RecordContext, ended: Unlock): Promise<Unlock> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await commit(ctx, ended);
    } catch (error) {
      ctx.counters.auditAppendFailed();
      if (!(error instanceof AppError) || attempt === ATTEMPTS_MAX) {
        ctx.log.error({ unlockId: ended.id, cause: String(error) }, "could not record the outcome of an unlock");
        return { ...ended, outcome: "unknown", outcomeAtMs: null };
      }
      await ctx.pause(2 ** attempt * 100);
    }
  }
}

async function commit(ctx: RecordContext, ended: Unlock): Promise<Unlock> {
  const { id, outcome, halves, holderNow } = ended;
  if (outcome === "unknown") {
    const unsettled: Unlock = { ...ended, outcomeAtMs: null };
    await ctx.unlocks.noteHalves({ id, halves, entry: describeStep(ctx, "unlock.unknown", unsettled) });
    return unsettled;
  }
  const outcomeAtMs = ctx.now();
  const entry = describeStep(ctx, ctx.actor.kind === "system" ? "unlock.settled" : "unlock.outcome", ended);
  const isFirst = await ctx.unlocks.settle({ id, outcome, outcomeAtMs, halves, holderNow, entry });
  if (!isFirst) return keepRecorded(ctx, ended);
  await markRemovedHalves(ctx, ended);
  return ended;
}

/** The first outcome on record stays: ours, when the answer to its commit was lost, or the reconciler's. */
async function keepRecorded(ctx: RecordContext, ended: Unlock): Promise<Unlock> {
  const recorded = (await ctx.unlocks.find(ended.id)) ?? ended;
  if (recorded.outcome !== ended.outcome) {
    const fields = { unlockId: ended.id, recorded: recorded.outcome, found: ended.outcome };
    ctx.log.error(fields, "an unlock had another outcome on record before this one");
  }
  return recorded;
}

/** The list must not go on showing what we removed until the next sweep; failing here costs freshness only. */
async function markRemovedHalves(ctx: RecordContext, ended: Unlock): Promise<void> {
  for (const half of ended.halves) {
    if (half.outcome !== "released") continue;
    const { sourceId, mechanism, location, fingerprint, etag } = half;
    await ctx.sightings
      .markGone({
        address: { sourceId, mechanism, location },
        fingerprint,
        etag,
        atMs: awsNow(ctx),
        unlockId: ended.id,
      })
      .catch((error: unknown) =>
        ctx.log.warn({ unlockId: ended.id, cause: String(error) }, "could not mark a half as gone"),
      );
  }
}
