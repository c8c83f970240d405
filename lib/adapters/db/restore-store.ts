import type { Restore, RestoreHalf } from "#lib/domain/restore.ts";
import { AppError } from "#lib/services/errors.ts";
import type { BeginRestore, RestoreStore } from "#lib/services/ports/restoring.ts";
import type { AuditEntry } from "#lib/services/ports/trail.ts";
import { appendEvent } from "./audit-trail.ts";
import type { Database } from "./database.ts";
import type { Prisma, PrismaClient } from "./generated/client.ts";
import { toJsonText } from "./json-text.ts";
import { takeTurn } from "./lock-turn.ts";
import {
  fromRestoreRow,
  toRestoreHalfOutcome,
  toRestoreHalfRow,
  toRestoreOutcome,
  toRestoreRow,
  WITH_RESTORE_HALVES,
} from "./restore-row.ts";
import type { AuditSigner } from "./signing-key.ts";
import { read, type Transaction, writeRecord } from "./transaction.ts";
import { hashIdempotencyKey, hashLockKey } from "./unlock-row.ts";

const ATTEMPTS_MAX = 5;
const include = WITH_RESTORE_HALVES;
/** The outcomes of restore_once_key, the partial index: there is one such restore of an unlock at most. */
const NOT_WITHOUT_EFFECT = ["unknown", "restored", "partial"];

/** Records of restores in the database; every change is committed together with its audit event. */
export function createRestoreStore(database: Database, signer: AuditSigner): RestoreStore {
  const { prisma } = database;

  const insert = async (restore: Restore, entry: AuditEntry, isIntent: boolean): Promise<BeginRestore> => {
    for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
      const written = await writeRecord(database, async (tx) => {
        // Waits for whoever inserts the same key right now, and adds nothing when a unique index already has it.
        const { count } = await tx.restore.createMany({ data: [toRestoreRow(restore)], skipDuplicates: true });
        if (count === 0) return null;
        if (isIntent) await refuseBesideOthers(tx, restore);
        const halves = restore.halves.map((half, position) => toRestoreHalfRow(restore.id, half, position));
        await tx.restoreHalf.createMany({ data: halves });
        await appendEvent(tx, signer, entry);
        return { verdict: "begun" } as const;
      }).catch((error: unknown) => {
        if (error instanceof AppError && error.cause instanceof InProgress) return error.cause.verdict;
        throw error;
      });
      const verdict = written ?? (await read(database, () => findConflict(prisma, restore)));
      if (verdict !== null) return verdict;
      // The restore that was in the way has ended meanwhile.
    }
    throw new AppError(`The restore ${restore.id} could not be recorded: others keep coming before it.`, {
      code: "unavailable",
      hint: "Try again.",
    });
  };

  return {
    find: (id) =>
      read(database, async () => {
        const row = await prisma.restore.findUnique({ where: { id }, include });
        return row === null ? null : fromRestoreRow(row);
      }),
    findByIdempotencyKey: (actor, idempotencyKey) =>
      read(database, async () => {
        const where = { idempotencyHash: hashIdempotencyKey(actor, idempotencyKey) };
        const row = await prisma.restore.findUnique({ where, include });
        return row === null ? null : fromRestoreRow(row);
      }),
    listOfUnlock: (unlockId) =>
      read(database, async () => {
        const orderBy: Prisma.RestoreOrderByWithRelationInput[] = [{ requestedAtMs: "asc" }, { id: "asc" }];
        return (await prisma.restore.findMany({ where: { unlockId }, orderBy, include })).map(fromRestoreRow);
      }),
    listPutBack: (unlockIds) =>
      read(database, async () => {
        const where = { unlockId: { in: [...unlockIds] }, outcome: { in: NOT_WITHOUT_EFFECT } };
        const rows = await prisma.restore.findMany({ where, select: { unlockId: true, outcome: true } });
        return new Map(rows.map(({ unlockId, outcome }) => [unlockId, toRestoreOutcome(outcome)]));
      }),
    begin: (restore, entry) => insert(restore, entry, true),
    recordEnded: (restore, entry) => insert(restore, entry, false),
    settle: ({ id, outcome, outcomeAtMs, halves, entry }) =>
      writeRecord(database, async (tx) => {
        if (!(await lockUnsettled(tx, id))) return false;
        // Before the restore: once it has its outcome, its halves are closed too.
        await updateHalves(tx, id, halves);
        const data = { outcome, outcomeAtMs: BigInt(outcomeAtMs) };
        await tx.restore.update({ where: { id }, data, select: { id: true } });
        await appendEvent(tx, signer, entry);
        return true;
      }),
    noteHalves: ({ id, halves, entry }) =>
      writeRecord(database, async (tx) => {
        if (!(await lockUnsettled(tx, id))) return;
        await updateHalves(tx, id, halves);
        await appendEvent(tx, signer, entry);
      }),
    listUnsettled: (lockKey) =>
      read(database, async () => {
        const where = { outcome: "unknown", ...(lockKey === undefined ? {} : { lockKeyHash: hashLockKey(lockKey) }) };
        const orderBy = { requestedAtMs: "asc" } as const;
        return (await prisma.restore.findMany({ where, orderBy, include })).map(fromRestoreRow);
      }),
  };
}

/** Thrown to take back an intent that was written beside something that is not over. */
class InProgress extends Error {
  readonly verdict: Extract<BeginRestore, { verdict: "in_progress" }>;

  constructor(other: Extract<BeginRestore, { verdict: "in_progress" }>["other"]) {
    super("in progress");
    this.verdict = { verdict: "in_progress", other };
  }
}

/** Nothing that may still delete or put in the same place may be open, or sent so lately that it could still be on its way. */
async function refuseBesideOthers(tx: Transaction, restore: Restore): Promise<void> {
  const lockKeyHash = hashLockKey(restore.lockKey);
  await takeTurn(tx, lockKeyHash);
  const nowMs = BigInt(restore.intentAtMs ?? restore.requestedAtMs);
  const where = { lockKeyHash, OR: [{ outcome: "unknown" }, { deadlineAtMs: { gt: nowMs } }] };
  const select = { id: true };
  const unlock = await tx.unlock.findFirst({ where, select });
  if (unlock !== null) throw new InProgress({ kind: "unlock", id: unlock.id });
  const other = await tx.restore.findFirst({ where: { ...where, id: { not: restore.id } }, select });
  if (other !== null) throw new InProgress({ kind: "restore", id: other.id });
}

async function findConflict(prisma: PrismaClient, restore: Restore): Promise<BeginRestore | null> {
  const idempotencyHash = hashIdempotencyKey(restore.actor, restore.idempotencyKey);
  const repeated = await prisma.restore.findUnique({ where: { idempotencyHash }, include });
  if (repeated !== null) return { verdict: "repeated", restore: fromRestoreRow(repeated) };
  const where = { unlockId: restore.unlockId, outcome: { in: NOT_WITHOUT_EFFECT } };
  const taken = await prisma.restore.findFirst({ where, include });
  return taken === null ? null : { verdict: "taken", restore: fromRestoreRow(taken) };
}

/** Holds the record until the commit, so that of two who settle it the second sees the outcome of the first. */
async function lockUnsettled(tx: Transaction, id: string): Promise<boolean> {
  const rows = await tx.$queryRaw<{ outcome: string }[]>`SELECT outcome FROM restore WHERE id = ${id} FOR UPDATE`;
  const [row] = rows;
  if (row === undefined) throw new AppError(`There is no restore ${id}.`, { code: "not_found", hint: "Check its id." });
  return row.outcome === "unknown";
}

/** Halves that already have their outcome keep it. */
async function updateHalves(tx: Transaction, restoreId: string, halves: readonly RestoreHalf[]): Promise<void> {
  for (const half of halves) {
    const address = { sourceJson: toJsonText(half.sourceId), locationJson: toJsonText(half.location) };
    const where = { restoreId, ...address, outcome: "unknown" };
    await tx.restoreHalf.updateMany({ where, data: toRestoreHalfOutcome(half) });
  }
}
