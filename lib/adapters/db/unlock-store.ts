import type { Unlock, UnlockHalf } from "#lib/domain/unlock.ts";
import { AppError } from "#lib/services/errors.ts";
import type { AuditEntry } from "#lib/services/ports/trail.ts";
import type { BeginUnlock, IntentTerms, UnlockFilter, UnlockStore } from "#lib/services/ports/unlocking.ts";
import { appendEvent } from "./audit-trail.ts";
import type { Database } from "./database.ts";
import type { Prisma, PrismaClient } from "./generated/client.ts";
import { keepTerms, listIntentTimes, TermsFailed } from "./intent-terms.ts";
import { toJsonText } from "./json-text.ts";
import { takeTurn } from "./lock-turn.ts";
import type { AuditSigner } from "./signing-key.ts";
import { read, type Transaction, writeRecord } from "./transaction.ts";
import {
  fromUnlockRow,
  hashIdempotencyKey,
  hashLockKey,
  toHalfOutcome,
  toUnlockHalfRow,
  toUnlockRow,
  WITH_HALVES,
} from "./unlock-row.ts";

const ATTEMPTS_MAX = 5;

/** Unlock records in the database; every change is committed together with its audit event. */
export function createUnlockStore(database: Database, signer: AuditSigner): UnlockStore {
  const { prisma } = database;

  const insert = async (
    unlock: Unlock,
    entry: AuditEntry,
    intentsBefore: number | null,
    terms: IntentTerms = {},
  ): Promise<BeginUnlock> => {
    for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
      const written = await writeRecord(database, async (tx) => {
        // Waits for whoever inserts the same key right now, and adds nothing when a unique index already has it.
        const { count } = await tx.unlock.createMany({ data: [toUnlockRow(unlock)], skipDuplicates: true });
        if (count === 0) return "in_the_way";
        // Ours is the only open one now, so whoever came before is committed and counted.
        if (intentsBefore !== null && (await countEndedIntents(tx, unlock.lockKey)) !== intentsBefore)
          throw new Overtaken();
        if (intentsBefore !== null && (await isRestoring(tx, unlock))) throw new Overtaken();
        const halves = unlock.halves.map((half, position) => toUnlockHalfRow(unlock.id, half, position));
        await tx.unlockHalf.createMany({ data: halves });
        await keepTerms(tx, signer, unlock, terms);
        await appendEvent(tx, signer, entry);
        return "begun";
      }).catch((error: unknown) => {
        if (error instanceof AppError && error.cause instanceof Overtaken) return "overtaken" as const;
        if (error instanceof AppError && error.cause instanceof TermsFailed) return error.cause;
        throw error;
      });
      if (written instanceof TermsFailed) return { verdict: "terms_failed", because: written.because };
      if (written !== "in_the_way") return { verdict: written };
      const conflict = await read(database, () => findConflict(prisma, unlock));
      if (conflict !== null) return conflict;
      // The unlock that was in the way has ended meanwhile.
    }
    throw new AppError(`The unlock ${unlock.id} could not be recorded: others keep coming before it.`, {
      code: "unavailable",
      hint: "Try again.",
    });
  };

  return {
    find: (id) =>
      read(database, async () => {
        const row = await prisma.unlock.findUnique({ where: { id }, include: WITH_HALVES });
        return row === null ? null : fromUnlockRow(row);
      }),
    findByIdempotencyKey: (actor, idempotencyKey) =>
      read(database, async () => {
        const where = { idempotencyHash: hashIdempotencyKey(actor, idempotencyKey) };
        const row = await prisma.unlock.findUnique({ where, include: WITH_HALVES });
        return row === null ? null : fromUnlockRow(row);
      }),
    list: (filter) =>
      read(database, async () => {
        const where = await toWhere(prisma, filter);
        const orderBy: Prisma.UnlockOrderByWithRelationInput[] = [{ requestedAtMs: "desc" }, { id: "desc" }];
        const rows = await prisma.unlock.findMany({ where, orderBy, take: filter.limit, include: WITH_HALVES });
        return rows.map(fromUnlockRow);
      }),
    begin: insert,
    recordEnded: (unlock, entry) => insert(unlock, entry, null),
    listIntentTimes: (actor, sinceMs) => read(database, () => listIntentTimes(prisma, actor, { sinceMs })),
    countIntents: (lockKey) => read(database, () => countEndedIntents(prisma, lockKey)),
    settle: ({ id, outcome, outcomeAtMs, halves, holderNow, entry }) =>
      writeRecord(database, async (tx) => {
        if (!(await lockUnsettled(tx, id))) return false;
        // Before the unlock: once it has its outcome, its halves are closed too.
        await updateHalves(tx, id, halves);
        const holderNowJson = holderNow === null ? null : JSON.stringify(holderNow);
        const data = { outcome, outcomeAtMs: BigInt(outcomeAtMs), holderNowJson };
        await tx.unlock.update({ where: { id }, data, select: { id: true } });
        await appendEvent(tx, signer, entry);
        return true;
      }),
    noteHalves: ({ id, halves, entry }) =>
      writeRecord(database, async (tx) => {
        if (!(await lockUnsettled(tx, id))) return;
        await updateHalves(tx, id, halves);
        await appendEvent(tx, signer, entry);
      }),
    listUnsettled: () =>
      read(database, async () => {
        const where = { outcome: "unknown" };
        const orderBy = { requestedAtMs: "asc" } as const;
        return (await prisma.unlock.findMany({ where, orderBy, include: WITH_HALVES })).map(fromUnlockRow);
      }),
  };
}

/** Thrown to take back an intent that was written but rests on an outdated read. */
class Overtaken extends Error {}

/** One that is still open ends later than now, so it must not be among those that a read comes after. */
function countEndedIntents(tx: Pick<Transaction, "unlock">, lockKey: string): Promise<number> {
  const where = { lockKeyHash: hashLockKey(lockKey), intentAtMs: { not: null }, outcome: { not: "unknown" } };
  return tx.unlock.count({ where });
}

/** Whether what an unlock removed earlier is being put back, which the read before this intent may or may not have seen. */
async function isRestoring(tx: Transaction, { lockKey }: Unlock): Promise<boolean> {
  const lockKeyHash = hashLockKey(lockKey);
  await takeTurn(tx, lockKeyHash);
  return (await tx.restore.count({ where: { lockKeyHash, outcome: "unknown" } })) > 0;
}

async function findConflict(
  prisma: PrismaClient,
  unlock: Parameters<UnlockStore["begin"]>[0],
): Promise<BeginUnlock | null> {
  const idempotencyHash = hashIdempotencyKey(unlock.actor, unlock.idempotencyKey);
  const repeated = await prisma.unlock.findUnique({ where: { idempotencyHash }, include: WITH_HALVES });
  if (repeated !== null) return { verdict: "repeated", unlock: fromUnlockRow(repeated) };
  const where = { lockKeyHash: hashLockKey(unlock.lockKey), outcome: "unknown" };
  const inProgress = await prisma.unlock.findFirst({ where, include: WITH_HALVES });
  return inProgress === null ? null : { verdict: "in_progress", unlock: fromUnlockRow(inProgress) };
}

async function toWhere(prisma: PrismaClient, filter: UnlockFilter): Promise<Prisma.UnlockWhereInput> {
  const { actor, account, outcome, lockKey, intentSinceMs, before } = filter;
  const last = before === undefined ? null : await prisma.unlock.findUnique({ where: { id: before } });
  return {
    ...(actor === undefined ? {} : { actorLabelJson: toJsonText(actor) }),
    ...(account === undefined ? {} : { accountJson: toJsonText(account) }),
    ...(outcome === undefined ? {} : { outcome }),
    ...(lockKey === undefined ? {} : { lockKeyHash: hashLockKey(lockKey) }),
    ...(intentSinceMs === undefined ? {} : { intentAtMs: { gte: BigInt(intentSinceMs) } }),
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

/** Holds the record until the commit, so that of two who settle it the second sees the outcome of the first. */
async function lockUnsettled(tx: Transaction, id: string): Promise<boolean> {
  const rows = await tx.$queryRaw<{ outcome: string }[]>`SELECT outcome FROM unlock WHERE id = ${id} FOR UPDATE`;
  const [row] = rows;
  if (row === undefined) throw new AppError(`There is no unlock ${id}.`, { code: "not_found", hint: "Check its id." });
  return row.outcome === "unknown";
}

/** Halves that already have their outcome keep it. */
async function updateHalves(tx: Transaction, unlockId: string, halves: readonly UnlockHalf[]): Promise<void> {
  for (const half of halves) {
    const address = { sourceJson: toJsonText(half.sourceId), locationJson: toJsonText(half.location) };
    await tx.unlockHalf.updateMany({ where: { unlockId, ...address, outcome: "unknown" }, data: toHalfOutcome(half) });
  }
}
