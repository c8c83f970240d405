import type { Approval } from "#lib/domain/approval.ts";
import { AppError } from "#lib/services/errors.ts";
import type { ApprovalFilter, ApprovalStore, AskApproval } from "#lib/services/ports/approving.ts";
import type { AuditEntry } from "#lib/services/ports/trail.ts";
import { fromApprovalRow, hashPerson, toApprovalRow } from "./approval-row.ts";
import { appendEvent } from "./audit-trail.ts";
import type { Database } from "./database.ts";
import type { Prisma, PrismaClient } from "./generated/client.ts";
import { toJsonText, toJsonTextOrNull } from "./json-text.ts";
import type { AuditSigner } from "./signing-key.ts";
import { read, writeRecord } from "./transaction.ts";
import { hashIdempotencyKey, hashLockKey } from "./unlock-row.ts";

const ATTEMPTS_MAX = 5;
/** The states of approval_open_key, the partial index: a person has one such request for a lock at most. */
const OPEN = ["pending", "approved"];
const NEWEST_FIRST: Prisma.ApprovalOrderByWithRelationInput[] = [{ requestedAtMs: "desc" }, { id: "desc" }];

/** Requests for approval in the database; every change is committed together with its audit event. */
export function createApprovalStore(database: Database, signer: AuditSigner): ApprovalStore {
  const { prisma } = database;
  const findOne = (where: Prisma.ApprovalWhereInput) =>
    read(database, async () => {
      const row = await prisma.approval.findFirst({ where });
      return row === null ? null : fromApprovalRow(row);
    });

  return {
    find: (id) => findOne({ id }),
    findByIdempotencyKey: (actor, idempotencyKey) =>
      findOne({ idempotencyHash: hashIdempotencyKey(actor, idempotencyKey) }),
    findOpen: (actor, lockKey) =>
      findOne({ requesterHash: hashPerson(actor), lockKeyHash: hashLockKey(lockKey), state: { in: OPEN } }),
    findByUnlock: (unlockId) => findOne({ unlockId }),
    list: (filter) =>
      read(database, async () => {
        const where = await toWhere(prisma, filter);
        const rows = await prisma.approval.findMany({ where, orderBy: NEWEST_FIRST, take: filter.limit });
        return rows.map(fromApprovalRow);
      }),
    listOpen: () =>
      read(database, async () => {
        const rows = await prisma.approval.findMany({ where: { state: { in: OPEN } }, orderBy: NEWEST_FIRST });
        return rows.map(fromApprovalRow);
      }),
    ask: (approval, entry) => insert(database, signer, approval, entry),
    approve: ({ id, by, atMs, comment, entry }) =>
      writeRecord(database, async (tx) => {
        const { count } = await tx.approval.updateMany({
          where: { id, state: "pending", expiresAtMs: { gt: BigInt(atMs) } },
          data: {
            state: "approved",
            approverJson: JSON.stringify(by),
            approvedAtMs: BigInt(atMs),
            commentJson: toJsonTextOrNull(comment),
          },
        });
        if (count === 1) await appendEvent(tx, signer, entry);
        return count === 1;
      }),
    end: ({ id, from, to, by, atMs, note, entry }) =>
      writeRecord(database, async (tx) => {
        const { count } = await tx.approval.updateMany({
          where: { id, state: from },
          data: {
            state: to,
            endedByJson: JSON.stringify(by),
            endedAtMs: BigInt(atMs),
            endNoteJson: toJsonTextOrNull(note),
          },
        });
        if (count === 1) await appendEvent(tx, signer, entry);
        return count === 1;
      }),
  };
}

async function insert(
  database: Database,
  signer: AuditSigner,
  approval: Approval,
  entry: AuditEntry,
): Promise<AskApproval> {
  const { prisma } = database;
  for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
    const isAsked = await writeRecord(database, async (tx) => {
      // Waits for whoever inserts the same key right now, and adds nothing when a unique index already has it.
      const { count } = await tx.approval.createMany({ data: [toApprovalRow(approval)], skipDuplicates: true });
      if (count === 1) await appendEvent(tx, signer, entry);
      return count === 1;
    });
    if (isAsked) return { verdict: "asked" };
    const conflict = await read(database, () => findConflict(prisma, approval));
    if (conflict !== null) return conflict;
    // The request that was in the way has ended meanwhile.
  }
  throw new AppError(`The request ${approval.id} could not be recorded: others keep coming before it.`, {
    code: "unavailable",
    hint: "Try again.",
  });
}

async function findConflict(prisma: PrismaClient, approval: Approval): Promise<AskApproval | null> {
  const idempotencyHash = hashIdempotencyKey(approval.requester, approval.idempotencyKey);
  const repeated = await prisma.approval.findUnique({ where: { idempotencyHash } });
  if (repeated !== null) return { verdict: "repeated", approval: fromApprovalRow(repeated) };
  const person = { requesterHash: hashPerson(approval.requester), lockKeyHash: hashLockKey(approval.lockKey) };
  const open = await prisma.approval.findFirst({ where: { ...person, state: { in: OPEN } } });
  return open === null ? null : { verdict: "open", approval: fromApprovalRow(open) };
}

async function toWhere(prisma: PrismaClient, filter: ApprovalFilter): Promise<Prisma.ApprovalWhereInput> {
  const { states, requester, account, before } = filter;
  const last = before === undefined ? null : await prisma.approval.findUnique({ where: { id: before } });
  return {
    ...(states === undefined ? {} : { state: { in: [...states] } }),
    ...(requester === undefined ? {} : { requesterHash: hashPerson(requester) }),
    ...(account === undefined ? {} : { accountJson: toJsonText(account) }),
    ...(last === null
      ? {}
      : {
          OR: [
            { requestedAtMs: { lt: last.requestedAtMs } },
            { requestedAtMs: last.requestedAtMs, id: { lt: last.id } },
          ],
        }),
  };
}
