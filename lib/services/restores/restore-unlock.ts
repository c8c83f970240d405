import { placesOfUnlock } from "#lib/domain/access/places.ts";
import type { Restore } from "#lib/domain/restore.ts";
import type { Unlock } from "#lib/domain/unlock.ts";
import { UNLOCK_CALL_MS_MAX } from "#lib/domain/unlock-time.ts";
import { requireFreshSignIn } from "#lib/services/access/fresh-sign-in.ts";
import { requireAt } from "#lib/services/access/permit.ts";
import { AppError } from "#lib/services/errors.ts";
import { answerInTime } from "#lib/services/in-time.ts";
import { parseIdempotencyKey, parseReason } from "#lib/services/parse-request.ts";
import type { Context } from "#lib/services/ports/context.ts";
import type { RestoreSession } from "#lib/services/ports/restoring.ts";
import { findUnlock } from "#lib/services/unlocks/list-unlocks.ts";
import { decideRestoreNow } from "./offer-restore.ts";
import { putHalves } from "./put-halves.ts";
import { readRestorePlaces } from "./read-restore-places.ts";
import { endRestoreWithoutIntent, refuseRestore, repeatRestore } from "./record-restore.ts";
import { listHalvesToPut, openRestoreRecord, type RestoreRequest, recordRestoreHalf } from "./restore-record.ts";

/**
 * Undoes an unlock: creates what it removed again, with the same bytes and only where nothing is, at most once for each unlock.
 * Its intent is committed before AWS is written to, and the record ends with one outcome. Throws AppError `not_found`, `invalid`
 * for what can never be undone, `in_progress` for what cannot yet, or `unavailable` when the store does not answer
 * in time or cannot write (then nothing was sent, and nothing will be).
 */
export async function restoreUnlock(ctx: Context, input: RestoreRequest): Promise<Restore> {
  const unlock = await findUnlock(ctx, input.unlockId);
  await requireAt(ctx, "restores.put", placesOfUnlock(unlock));
  requireFreshSignIn(ctx);
  const request = await parseRequest(ctx, unlock, input);
  const earlier = await answerInTime(ctx, ctx.restores.findByIdempotencyKey(ctx.actor, request.idempotencyKey));
  if (earlier !== null) return repeatRestore(earlier, request);

  await refuseUnlessPossible(ctx, unlock, request);
  const record = openRestoreRecord(ctx, unlock, request);
  let session: RestoreSession;
  try {
    session = await openSession(ctx, unlock, record);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const outcome = error.code === "refused" ? "refused" : "not_executed";
    const state = { outcome, detail: `${error.message} ${error.hint}`, awsRequestIds: [] } as const;
    const halves = listHalvesToPut(unlock).map((half) => recordRestoreHalf(half, state));
    return endRestoreWithoutIntent(ctx, unlock, { ...record, halves });
  }
  try {
    const places = await readRestorePlaces(ctx, session, unlock);
    if (places.verdict === "stop")
      return await endRestoreWithoutIntent(ctx, unlock, { ...record, halves: places.halves });
    // Again, since the role and the reads may have taken long.
    await refuseUnlessPossible(ctx, unlock, request);
    return await putHalves(ctx, session, unlock, record);
  } finally {
    session.close();
  }
}

async function parseRequest(ctx: Context, unlock: Unlock, input: RestoreRequest): Promise<RestoreRequest> {
  try {
    const reason = parseReason(input.reason, "Say why the lock should be there again: it stays on the record.");
    return { unlockId: unlock.id, reason, idempotencyKey: parseIdempotencyKey(input.idempotencyKey) };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return refuseRestore(ctx, unlock, { reason: input.reason, error });
  }
}

async function refuseUnlessPossible(ctx: Context, unlock: Unlock, { reason }: RestoreRequest): Promise<void> {
  const verdict = await answerInTime(ctx, decideRestoreNow(ctx, unlock));
  if (verdict.state === "possible") return;
  const isLater = verdict.state === "waiting";
  const from = verdict.fromMs === null ? "when that is over" : `from ${new Date(verdict.fromMs).toISOString()} on`;
  const error = new AppError(`This unlock cannot be undone${isLater ? " yet" : ""}. ${verdict.reason}`, {
    code: isLater ? "in_progress" : "invalid",
    hint: isLater ? `Nothing was written. Try again ${from}.` : "Nothing was written.",
  });
  await refuseRestore(ctx, unlock, { reason, error });
}

function openSession(ctx: Context, unlock: Unlock, record: Restore): Promise<RestoreSession> {
  const ids = new Set(unlock.halves.map((half) => half.sourceId));
  return ctx.gateway.openRestoreSession({
    restoreId: record.id,
    actor: ctx.actor,
    sources: ctx.sources.filter((source) => ids.has(source.id)),
    halves: unlock.halves,
    timeoutMs: UNLOCK_CALL_MS_MAX,
  });
}
