import { may, mayEverywhere } from "#lib/domain/access/access.ts";
import { type AuditEvent, parseAuditEvent } from "#lib/domain/audit-export/audit-event.ts";
import { readFacts } from "#lib/domain/audit-export/audit-facts.ts";
import { type Asker, requireAnywhere } from "#lib/services/access/permit.ts";
import type { AuditFilter, AuditLine } from "#lib/services/ports/trail.ts";

/** As many pages are read for one that is shown, where most of the trail is not to be seen. */
const PAGES_MAX = 20;

/** Lines of the trail that match and that the actor may read, newest first; older ones begin before `olderBeforeSeq`, null where there are none. */
export async function listAuditEvents(
  ctx: Asker,
  filter: AuditFilter,
): Promise<{ readonly lines: readonly AuditLine[]; readonly olderBeforeSeq: number | null }> {
  await requireAnywhere(ctx, "audit.read");
  const lines: AuditLine[] = [];
  let { beforeSeq } = filter;
  for (let page = 1; page <= PAGES_MAX; page += 1) {
    const found = await ctx.audit.find({ ...filter, beforeSeq, limit: filter.limit + 1 });
    for (const line of found) {
      if (!mayRead(ctx, line)) continue;
      if (lines.length === filter.limit) return { lines, olderBeforeSeq: lines.at(-1)?.seq ?? null };
      lines.push(line);
    }
    beforeSeq = found.at(-1)?.seq;
    if (found.length <= filter.limit || beforeSeq === undefined) return { lines, olderBeforeSeq: null };
  }
  return { lines, olderBeforeSeq: beforeSeq ?? null };
}

/** What is about no state path is about the whole installation. */
function mayRead({ access }: Asker, line: AuditLine): boolean {
  if (mayEverywhere(access, "audit.read")) return true;
  const place = placeOf(parseAuditEvent(line));
  return place !== null && may(access, "audit.read", place);
}

function placeOf(event: AuditEvent) {
  const { account, statePath } = readFacts(event);
  if (account === null || statePath === null) return null;
  const slash = statePath.indexOf("/");
  if (slash < 0) return null;
  return { account, bucket: statePath.slice(0, slash), stateKey: statePath.slice(slash + 1) };
}
