import type { Restore } from "#lib/domain/restore.ts";
import type { Unlock } from "#lib/domain/unlock.ts";
import { AppError } from "#lib/services/errors.ts";
import type { Context } from "#lib/services/ports/context.ts";
import { describeRestoreStep } from "./restore-record.ts";

/** What it takes to write down what became of a restore; nothing in it can reach AWS. */
export type RestoreRecordContext = Pick<Context, "actor" | "requestId" | "now" | "pause" | "counters" | "log"> & {
  readonly restores: Pick<Context["restores"], "find" | "settle" | "noteHalves">;
};

const ATTEMPTS_MAX = 4;

/**
 * Commits what became of a restore. When the database does not answer, it is tried a few times more and then left to the
 * reconciler: what is returned then says `unknown`, because that is all the record says.
 */
export async function settleRestore(ctx: RestoreRecordContext, unlock: Unlock, ended: Restore): Promise<Restore> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await commit(ctx, unlock, ended);
    } catch (error) {
      ctx.counters.auditAppendFailed();
      if (!(error instanceof AppError) || attempt === ATTEMPTS_MAX) {
        ctx.log.error({ restoreId: ended.id, cause: String(error) }, "could not record the outcome of a restore");
        return { ...ended, outcome: "unknown", outcomeAtMs: null };
      }
      await ctx.pause(2 ** attempt * 100);
    }
  }
}

async function commit(ctx: RestoreRecordContext, unlock: Unlock, ended: Restore): Promise<Restore> {
  const { id, outcome, halves } = ended;
  if (outcome === "unknown") {
    const entry = describeRestoreStep(ctx, "restore.unknown", unlock, ended);
    await ctx.restores.noteHalves({ id, halves, entry });
    return ended;
  }
  const outcomeAtMs = ctx.now();
  const action = ctx.actor.kind === "system" ? "restore.settled" : "restore.outcome";
  const entry = describeRestoreStep(ctx, action, unlock, ended);
  const isFirst = await ctx.restores.settle({ id, outcome, outcomeAtMs, halves, entry });
  return isFirst ? { ...ended, outcomeAtMs } : keepRecorded(ctx, ended);
}

/** The first outcome on record stays: ours, when the answer to its commit was lost, or the reconciler's. */
async function keepRecorded(ctx: RestoreRecordContext, ended: Restore): Promise<Restore> {
  const recorded = (await ctx.restores.find(ended.id)) ?? ended;
  if (recorded.outcome !== ended.outcome) {
    const fields = { restoreId: ended.id, recorded: recorded.outcome, found: ended.outcome };
    ctx.log.error(fields, "a restore had another outcome on record before this one");
  }
  return recorded;
}
