import { parseAuditEvent } from "#lib/domain/audit-export/audit-event.ts";
import { buildUnlockLife, type UnlockLife } from "#lib/domain/unlock-life.ts";
import type { UnlockDetail } from "#lib/domain/unlock-view.ts";
import type { AuditTrail } from "#lib/services/ports/trail.ts";

/** All of a context that reading an unlock's life takes. */
type Trail = { readonly audit: Pick<AuditTrail, "find"> };

/** An unlock has a handful; only attempts to undo it that were turned down can make them many. */
const EVENTS_MAX = 200;

/**
 * The life of an unlock, oldest step first. The record must have been read before, so that what it claims can be held against
 * a trail that is as new or newer.
 */
export async function readUnlockLife(ctx: Trail, unlock: UnlockDetail): Promise<UnlockLife> {
  const lines = await ctx.audit.find({ unlockId: unlock.id, limit: EVENTS_MAX + 1 });
  const events = lines.slice(0, EVENTS_MAX).toReversed().map(parseAuditEvent);
  return buildUnlockLife(unlock, events, lines.length > EVENTS_MAX);
}
