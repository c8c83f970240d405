import { may, mayEverywhere } from "#lib/domain/access/access.ts";
import { mayAtAny, placesOfUnlock } from "#lib/domain/access/places.ts";
import { actorKey, formatActor } from "#lib/domain/actor.ts";
import { encodeBase64 } from "#lib/domain/base64.ts";
import type { Unlock } from "#lib/domain/unlock.ts";
import type { UnlockDetail, UnlockListItem, UnlockView } from "#lib/domain/unlock-view.ts";
import { toApprovalView } from "#lib/services/approvals/approval-views.ts";
import { AppError } from "#lib/services/errors.ts";
import { formatTime } from "#lib/services/format-time.ts";
import { answerInTime } from "#lib/services/in-time.ts";
import type { Context } from "#lib/services/ports/context.ts";
import type { UnlockFilter } from "#lib/services/ports/unlocking.ts";
import { offerRestore } from "#lib/services/restores/offer-restore.ts";
import { toRestoreView } from "#lib/services/restores/restore-views.ts";
import { findBreakGlass } from "./break-glass.ts";

/** Records that the actor may see, newest first, each with whether it was undone, and the cursor of the next page. */
export async function listUnlocks(
  ctx: Context,
  filter: UnlockFilter,
): Promise<{ unlocks: readonly UnlockListItem[]; nextCursor: string | null }> {
  const { page, hasMore } = await readPage(ctx, filter);
  const putBack = await ctx.restores.listPutBack(page.map(({ id }) => id));
  return {
    unlocks: viewUnlocks(ctx, page).map((unlock) => ({ ...unlock, restoreOutcome: putBack.get(unlock.id) ?? null })),
    nextCursor: hasMore ? (page.at(-1)?.id ?? null) : null,
  };
}

/** Reads on until the page is full of what may be seen. */
async function readPage(ctx: Context, filter: UnlockFilter) {
  const page: Unlock[] = [];
  let { before } = filter;
  for (;;) {
    const found = await ctx.unlocks.list({ ...filter, before, limit: filter.limit + 1 });
    for (const unlock of found.filter((candidate) => maySeeUnlock(ctx, candidate))) {
      if (page.length === filter.limit) return { page, hasMore: true };
      page.push(unlock);
    }
    before = found.at(-1)?.id;
    if (found.length <= filter.limit || before === undefined) return { page, hasMore: false };
  }
}

/** One record, whether it can be undone, and every attempt to; throws `not_found` for an id that is unknown or not to be seen. */
export async function getUnlock(ctx: Context, id: string): Promise<UnlockDetail> {
  const unlock = await findUnlock(ctx, id);
  const [restore, restores, approval, breakGlass] = await Promise.all([
    offerRestore(ctx, unlock),
    ctx.restores.listOfUnlock(id),
    ctx.approvals.findByUnlock(id),
    findBreakGlass(ctx, id),
  ]);
  return {
    ...viewUnlock(ctx, unlock),
    restore,
    restores: restores.map(toRestoreView),
    approval: approval === null ? null : toApprovalView(ctx, approval),
    breakGlass,
  };
}

/** One record that the actor may see, or `not_found`. */
export async function findUnlock(ctx: Context, id: string): Promise<Unlock> {
  const unlock = await answerInTime(ctx, ctx.unlocks.find(id));
  if (unlock !== null && maySeeUnlock(ctx, unlock)) return unlock;
  throw new AppError("There is no such record.", {
    code: "not_found",
    hint: "GET /api/v1/unlocks lists every record with its id.",
  });
}

/** Those of these records that the actor may see, as far as they may. */
export function viewUnlocks(ctx: Context, unlocks: readonly Unlock[]): readonly UnlockView[] {
  return unlocks.filter((unlock) => maySeeUnlock(ctx, unlock)).map((unlock) => viewUnlock(ctx, unlock));
}

function maySeeUnlock({ access, actor }: Context, unlock: Unlock): boolean {
  // What somebody did themselves stays theirs to read; a script of theirs reads what it was made for.
  if (access.limit === null && actorKey(unlock.actor) === actorKey(actor)) return true;
  return mayEverywhere(access, "unlocks.view") || mayAtAny(access, "unlocks.view", placesOfUnlock(unlock));
}

function viewUnlock({ access }: Context, unlock: Unlock): UnlockView {
  const view = toUnlockView(unlock);
  const { bucket, stateKey } = unlock;
  return {
    ...view,
    halves: view.halves.map((half) =>
      may(access, "locks.raw", { account: half.account, bucket, stateKey })
        ? half
        : { ...half, rawText: null, rawBase64: null, isRawHidden: true },
    ),
  };
}

/** A record with all there is in it: for who made it. */
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
      isRawHidden: false,
      awsRequestIds: half.awsRequestIds,
    })),
  };
  return unlock.holderNow === null ? view : { ...view, holderNow: unlock.holderNow };
}
