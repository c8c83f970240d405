import { type Restore, type RestoreHalf, settleRestoreByReading } from "#lib/domain/restore.ts";
import type { Unlock } from "#lib/domain/unlock.ts";
import { isSettlingDue } from "#lib/domain/unlock-time.ts";
import type { Context } from "#lib/services/ports/context.ts";
import { comparePut } from "./read-restore-places.ts";
import { endRestore, findRemoved } from "./restore-record.ts";
import { type RestoreRecordContext, settleRestore } from "./settle-restore.ts";

/** What the reconciler is given: it reads and records, and nothing that writes to AWS is in its reach. */
export type ReconcileRestoresContext = RestoreRecordContext &
  Pick<Context, "sources" | "leadership" | "sha256"> & {
    readonly unlocks: Pick<Context["unlocks"], "find">;
    readonly restores: Pick<Context["restores"], "listUnsettled">;
    readonly scanner: Pick<Context["scanner"], "readHalf">;
  };

/** Settles every restore that has no outcome and of which nothing can still arrive, by reading alone. */
export async function reconcileRestores(
  ctx: ReconcileRestoresContext,
): Promise<{ settled: number; unsettled: number }> {
  const reconciled = await ctx.leadership.lead("reconcile-restores", () => settleOpen(ctx));
  return reconciled ?? { settled: 0, unsettled: 0 };
}

async function settleOpen(ctx: ReconcileRestoresContext): Promise<{ settled: number; unsettled: number }> {
  const open = await ctx.restores.listUnsettled();
  // An account that hangs must not keep the others' restores waiting.
  const settled = await Promise.all(open.map((restore) => settleOne(ctx, restore)));
  const count = settled.filter(Boolean).length;
  return { settled: count, unsettled: open.length - count };
}

async function settleOne(ctx: ReconcileRestoresContext, restore: Restore): Promise<boolean> {
  try {
    return await settleByReading(ctx, restore);
  } catch (error) {
    ctx.log.error({ restoreId: restore.id, cause: String(error) }, "could not settle a restore");
    return false;
  }
}

async function settleByReading(ctx: ReconcileRestoresContext, restore: Restore): Promise<boolean> {
  const { intentAtMs, deadlineAtMs } = restore;
  if (intentAtMs === null || deadlineAtMs === null) return false;
  const intent = { intentAtMs, deadlineAtMs, awsDateMs: null };
  if (!isSettlingDue(intent, { awsDateMs: null, nowMs: ctx.now() })) return false;
  const unlock = await ctx.unlocks.find(restore.unlockId);
  if (unlock === null) return false;

  const halves: RestoreHalf[] = [];
  for (const half of restore.halves) halves.push(await readHalf(ctx, unlock, half));
  // Nothing new is nothing to record, or a source that stays unreadable would fill the trail.
  if (!halves.some((half, index) => half.outcome !== restore.halves[index]?.outcome)) return false;
  return (await settleRestore(ctx, unlock, endRestore(restore, halves, ctx.now()))).outcome !== "unknown";
}

async function readHalf(ctx: ReconcileRestoresContext, unlock: Unlock, half: RestoreHalf): Promise<RestoreHalf> {
  const source = ctx.sources.find((candidate) => candidate.id === half.sourceId);
  const removed = findRemoved(unlock, half);
  if (half.outcome !== "unknown" || source === undefined || removed === undefined) return half;
  const read = await ctx.scanner.readHalf(source, half);
  const found = comparePut(ctx, removed, read);
  if (found === "unreadable") return half;
  const requestId = "requestId" in read ? read.requestId : null;
  const awsRequestIds = requestId === null ? half.awsRequestIds : [...half.awsRequestIds, requestId];
  return { ...half, outcome: settleRestoreByReading(found), detail: DETAILS[found], awsRequestIds };
}

const DETAILS = {
  same: "The same lock is there; whether our put or somebody else's did it cannot be told.",
  different: "Another lock is there now: somebody has locked since.",
  absent: "Nothing is there: our put never took effect, or what it put was released since.",
} as const;
