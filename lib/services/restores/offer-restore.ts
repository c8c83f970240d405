import { mayAtAll, placesOfUnlock } from "#lib/domain/access/places.ts";
import { decideRestore, type RestoreVerdict } from "#lib/domain/restore-offer.ts";
import type { RestoreOffer } from "#lib/domain/restore-view.ts";
import type { Unlock } from "#lib/domain/unlock.ts";
import { formatTime } from "#lib/services/format-time.ts";
import type { Context } from "#lib/services/ports/context.ts";

type OfferContext = Pick<Context, "unlocks" | "restores" | "sources" | "restoreWindowMs" | "now">;

/** Longer than the deadline of an earlier unlock can lie after its intent. */
const EARLIER_MS = 60_000;
const UNLOCKS_MAX = 100;

/** Whether an unlock can be undone now, by all that is on record. */
export async function decideRestoreNow(ctx: OfferContext, unlock: Unlock): Promise<RestoreVerdict> {
  const { id, lockKey, intentAtMs } = unlock;
  const [own, open, unlocks] = await Promise.all([
    ctx.restores.listOfUnlock(id),
    ctx.restores.listUnsettled(lockKey),
    // What these leave out, the store still refuses to pass by.
    ctx.unlocks.list({ lockKey, intentSinceMs: (intentAtMs ?? 0) - EARLIER_MS, limit: UNLOCKS_MAX }),
  ]);
  return decideRestore(unlock, {
    nowMs: ctx.now(),
    windowMs: ctx.restoreWindowMs,
    sources: ctx.sources,
    restores: [...own, ...open],
    unlocks,
  });
}

/** The same for a page: whether to offer it to the actor, and if not why. */
export async function offerRestore(ctx: OfferContext & Pick<Context, "access">, unlock: Unlock): Promise<RestoreOffer> {
  if (!mayAtAll(ctx.access, "restores.put", placesOfUnlock(unlock)))
    return { state: "impossible", reason: "Your access does not include restoring it.", fromAt: null, untilAt: null };
  const { state, reason, fromMs, untilMs } = await decideRestoreNow(ctx, unlock);
  return { state, reason, fromAt: formatTime(fromMs), untilAt: formatTime(untilMs) };
}
