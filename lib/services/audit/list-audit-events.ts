import type { AuditFilter, AuditLine, AuditTrail } from "#lib/services/ports.ts";

/** All of a context that reading the trail takes. */
type Trail = { readonly audit: Pick<AuditTrail, "find"> };

/** Lines of the trail that match, newest first; older ones begin before `olderBeforeSeq`, null where there are none. */
export async function listAuditEvents(
  ctx: Trail,
  filter: AuditFilter,
): Promise<{ readonly lines: readonly AuditLine[]; readonly olderBeforeSeq: number | null }> {
  const found = await ctx.audit.find({ ...filter, limit: filter.limit + 1 });
  const lines = found.slice(0, filter.limit);
  return { lines, olderBeforeSeq: found.length > lines.length ? (lines.at(-1)?.seq ?? null) : null };
}
