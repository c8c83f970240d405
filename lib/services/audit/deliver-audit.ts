import { backOffMs } from "#lib/domain/back-off.ts";
import type { Context } from "#lib/services/ports/context.ts";
import type { AuditLine, Delivery, Destination } from "#lib/services/ports/trail.ts";

const LINES_AT_ONCE = 100;
const CHARACTERS_AT_ONCE = 512 * 1024;

/**
 * Brings every destination up to the end of the trail: in order, at least once, each line again until it was taken. A
 * destination that fails is left alone until its back-off is over, and holds up no other. Never throws.
 */
export async function deliverAudit(ctx: Context): Promise<void> {
  await Promise.all(
    ctx.destinations.map((destination) =>
      ctx.leadership
        .lead(`deliver ${destination.name}`, () => deliverTo(ctx, destination))
        .catch((error: unknown) =>
          ctx.log.warn({ destination: destination.name, cause: String(error) }, "the trail could not be delivered"),
        ),
    ),
  );
}

async function deliverTo(ctx: Context, destination: Destination): Promise<void> {
  const { name } = destination;
  let delivery = await ctx.deliveries.find(name);
  await countLag(ctx, name, delivery);
  if (delivery.retryAtMs !== null && delivery.retryAtMs > ctx.now()) return;
  for (;;) {
    const lines = capBatch(await ctx.audit.readLines({ afterSeq: delivery.seq, limit: LINES_AT_ONCE }));
    const last = lines.at(-1);
    if (last === undefined) return;
    try {
      await destination.send(lines);
    } catch (error) {
      await recordFailure(ctx, name, { failures: delivery.failures + 1, error });
      return;
    }
    await ctx.deliveries.recordDelivered({ destination: name, seq: last.seq, atMs: ctx.now() });
    delivery = await ctx.deliveries.find(name);
    await countLag(ctx, name, delivery);
  }
}

async function recordFailure(ctx: Context, destination: string, failure: { failures: number; error: unknown }) {
  const error = failure.error instanceof Error ? failure.error.message : String(failure.error);
  const retryAtMs = ctx.now() + backOffMs(failure.failures, Math.random());
  await ctx.deliveries.recordFailure({ destination, error, retryAtMs });
  ctx.log.warn({ destination, failures: failure.failures, cause: error }, "a destination did not take the audit trail");
}

/** A line is never split, so one that is larger than all of a batch goes alone. */
function capBatch(lines: readonly AuditLine[]): readonly AuditLine[] {
  let characters = 0;
  const end = lines.findIndex(({ line }, index) => {
    characters += line.length;
    return index > 0 && characters > CHARACTERS_AT_ONCE;
  });
  return end === -1 ? lines : lines.slice(0, end);
}

async function countLag(ctx: Context, destination: string, delivery: Delivery): Promise<void> {
  const { seq } = await ctx.audit.readHead();
  ctx.counters.deliveryLag(destination, Math.max(0, seq - delivery.seq));
}
