import { formatActor } from "#lib/domain/actor.ts";
import { encodeBase64 } from "#lib/domain/base64.ts";
import type { Unlock } from "#lib/domain/unlock.ts";
import type { UnlockDetail, UnlockListItem, UnlockView } from "#lib/domain/unlock-view.ts";
import { AppError } from "#lib/services/errors.ts";
import { formatTime } from "#lib/services/format-time.ts";
import type { Context, UnlockFilter } from "#lib/services/ports.ts";
import { offerRestore } from "#lib/services/restores/offer-restore.ts";
import { toRestoreView } from "#lib/services/restores/restore-views.ts";

/** Records of unlocks, newest first, each with whether it was undone, and the cursor of the next page. */
export async function listUnlocks(
  ctx: Context,
  filter: UnlockFilter,
): Promise<{ unlocks: readonly UnlockListItem[]; nextCursor: string | null }> {
  const found = await ctx.unlocks.list({ ...filter, limit: filter.limit + 1 });
  const page = found.slice(0, filter.limit);
  const putBack = await ctx.restores.listPutBack(page.map(({ id }) => id));
  return {
    unlocks: page.map((unlock) => ({ ...toUnlockView(unlock), restoreOutcome: putBack.get(unlock.id) ?? null })),
    nextCursor: found.length > page.length ? (page.at(-1)?.id ?? null) : null,
  };
}

/** One record, whether it can be undone, and every attempt to; throws `not_found` for an unknown id. */
export async function getUnlock(ctx: Context, id: string): Promise<UnlockDetail> {
  const unlock = await ctx.unlocks.find(id);
  if (unlock === null) {
    throw new AppError("There is no such record.", {
      code: "not_found",
      hint: "GET /api/v1/unlocks lists every record with its id.",
    });
  }
  const [restore, restores] = await Promise.all([offerRestore(ctx, unlock), ctx.restores.listOfUnlock(id)]);
  return { ...toUnlockView(unlock), restore, restores: restores.map(toRestoreView) };
}

export function toUnlockView(unlock: Unlock): UnlockView {
  const view: UnlockView = {
    id: unlock.id,
    outcome: unlock.outcome,
    actor: formatActor(unlock.actor),
    reason: unlock.reason,
    account: unlock.account,
    accountId: unlock.accountId,
    bucket: unlock.bucket,
    stateKey: unlock.stateKey,
    statePath: `${unlock.bucket}/${unlock.stateKey}`,
    key: unlock.lockKey,
    lockId: unlock.lockId,
    fingerprint: unlock.fingerprint,
    who: unlock.who,
    operation: unlock.operation,
    requestedAt: new Date(unlock.requestedAtMs).toISOString(),
    intentAt: formatTime(unlock.intentAtMs),
    deadlineAt: formatTime(unlock.deadlineAtMs),
    outcomeAt: formatTime(unlock.outcomeAtMs),
    halves: unlock.halves.map((half) => ({
      mechanism: half.mechanism,
      outcome: half.outcome,
      detail: half.detail,
      location: half.location,
      sourceId: half.sourceId,
      account: half.accountName,
      lockId: half.lockId,
      fingerprint: half.fingerprint,
      etag: half.etag,
      rawText: half.raw === null ? null : new TextDecoder("utf-8", { ignoreBOM: true }).decode(half.raw),
      rawBase64: half.raw === null ? null : encodeBase64(half.raw),
      awsRequestIds: half.awsRequestIds,
    })),
  };
  return unlock.holderNow === null ? view : { ...view, holderNow: unlock.holderNow };
}
