import type { DeliveryView } from "#lib/domain/delivery-view.ts";
import { requireEverywhere } from "#lib/services/access/permit.ts";
import type { Context } from "#lib/services/ports/context.ts";

const LATE_AFTER_MS = 5 * 60_000;

/** Where the trail is sent, and how far each destination is. */
export async function listDeliveries(ctx: Context): Promise<readonly DeliveryView[]> {
  await requireEverywhere(ctx, "audit.read");
  if (ctx.destinations.length === 0) return [];
  const head = await ctx.audit.readHead();
  return Promise.all(
    ctx.destinations.map(async ({ name }) => {
      const { seq, deliveredAtMs, failures, retryAtMs, error } = await ctx.deliveries.find(name);
      const lagEvents = Math.max(0, head.seq - seq);
      return {
        name,
        deliveredSeq: seq,
        lagEvents,
        lastDeliveredAt: toIso(deliveredAtMs),
        failures,
        error,
        nextAttemptAt: toIso(retryAtMs),
        isLate: lagEvents > 0 && failures > 0 && ctx.now() - (deliveredAtMs ?? 0) > LATE_AFTER_MS,
      };
    }),
  );
}

function toIso(atMs: number | null): string | null {
  return atMs === null ? null : new Date(atMs).toISOString();
}
