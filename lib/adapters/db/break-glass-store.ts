import { z } from "zod";
import { RULES } from "#lib/domain/access/judge-unlock.ts";
import type { BreakGlass } from "#lib/domain/break-glass.ts";
import type { BreakGlassStore } from "#lib/services/ports/approving.ts";
import { appendEvent } from "./audit-trail.ts";
import type { Database } from "./database.ts";
import type { Prisma } from "./generated/client.ts";
import { parseJsonText, toJsonText } from "./json-text.ts";
import type { AuditSigner } from "./signing-key.ts";
import { read, writeRecord } from "./transaction.ts";
import { toActor } from "./unlock-row.ts";

const WITH_UNLOCK = {
  unlock: {
    select: {
      actorJson: true,
      accountJson: true,
      bucketJson: true,
      stateKeyJson: true,
      reasonJson: true,
      halves: { select: { accountNameJson: true } },
    },
  },
} satisfies Prisma.BreakGlassInclude;
type Row = Prisma.BreakGlassGetPayload<{ include: typeof WITH_UNLOCK }>;

/** What went past approval and cool-down; it is written with its intent, in the unlock store. */
export function createBreakGlassStore(database: Database, signer: AuditSigner): BreakGlassStore {
  const { prisma } = database;
  return {
    find: (unlockId) =>
      read(database, async () => {
        const row = await prisma.breakGlass.findUnique({ where: { unlockId }, include: WITH_UNLOCK });
        return row === null ? null : fromRow(row);
      }),
    listOpen: () =>
      read(database, async () => {
        const where = { reviewedAtMs: null };
        const rows = await prisma.breakGlass.findMany({ where, orderBy: { usedAtMs: "asc" }, include: WITH_UNLOCK });
        return rows.map(fromRow);
      }),
    review: ({ unlockId, by, atMs, comment, entry }) =>
      writeRecord(database, async (tx) => {
        const { count } = await tx.breakGlass.updateMany({
          where: { unlockId, reviewedAtMs: null },
          data: { reviewerJson: JSON.stringify(by), reviewedAtMs: BigInt(atMs), commentJson: toJsonText(comment) },
        });
        if (count === 1) await appendEvent(tx, signer, entry);
        return count === 1;
      }),
  };
}

function fromRow(row: Row): BreakGlass {
  const { unlock, reviewerJson, reviewedAtMs, commentJson } = row;
  const isReviewed = reviewerJson !== null && reviewedAtMs !== null && commentJson !== null;
  return {
    unlockId: row.unlockId,
    actor: toActor(unlock.actorJson),
    account: parseJsonText(unlock.accountJson),
    bucket: parseJsonText(unlock.bucketJson),
    stateKey: parseJsonText(unlock.stateKeyJson),
    accounts: [...new Set(unlock.halves.map(({ accountNameJson }) => parseJsonText(accountNameJson)))],
    reason: parseJsonText(unlock.reasonJson),
    skipped: z.array(z.enum(RULES)).parse(JSON.parse(row.skippedJson)),
    usedAtMs: Number(row.usedAtMs),
    review: isReviewed
      ? { by: toActor(reviewerJson), atMs: Number(reviewedAtMs), comment: parseJsonText(commentJson) }
      : null,
  };
}
