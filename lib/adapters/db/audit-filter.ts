import type { AuditFilter } from "#lib/services/ports/trail.ts";
import { escapeEventText } from "./audit-line.ts";
import type { Prisma } from "./generated/client.ts";

/** The rows of the index that a filter means. */
export function auditWhere(filter: AuditFilter): Prisma.AuditIndexWhereInput {
  const { actor, account, statePath, outcome, action, unlockId, fromMs, toMs, beforeSeq } = filter;
  return {
    ...(actor === undefined ? {} : { actorJson: toEventText(actor) }),
    ...(account === undefined ? {} : { accountJson: toEventText(account) }),
    ...(statePath === undefined
      ? {}
      : {
          statePathJson: {
            contains: toEventText(statePath)
              .slice(1, -1)
              .replace(/[\\%_]/g, "\\$&"),
            mode: "insensitive",
          },
        }),
    ...(outcome === undefined ? {} : { outcome }),
    ...(action === undefined ? {} : { action }),
    ...(unlockId === undefined ? {} : { unlockId }),
    ...(fromMs === undefined && toMs === undefined
      ? {}
      : {
          atMs: {
            ...(fromMs === undefined ? {} : { gte: BigInt(fromMs) }),
            ...(toMs === undefined ? {} : { lt: BigInt(toMs) }),
          },
        }),
    ...(beforeSeq === undefined ? {} : { seq: { lt: BigInt(beforeSeq) } }),
  };
}

/** Text as it stands inside an event, quotes included, which is how the index keeps it. */
function toEventText(text: string): string {
  return escapeEventText(JSON.stringify(text));
}
