import type { AuditEntry, AuditTrail } from "#lib/services/ports.ts";
import { computeEventHash, encodeEvent, FIRST_PREV_HASH, formatAuditLine } from "./audit-line.ts";
import type { Database } from "./database.ts";
import type { AuditSigner } from "./signing-key.ts";
import { read, type Transaction, write, writeRecord } from "./transaction.ts";

/** Any fixed number: whoever appends holds it until the commit, so that the chain has one end. */
const CHAIN_LOCK = 5_625_255_382;

/** The audit trail in the database; the public half of the signer's key is recorded with it. */
export async function openAuditTrail(database: Database, signer: AuditSigner): Promise<AuditTrail> {
  await write(database, (tx) => recordKey(tx, signer));
  const { prisma } = database;
  return {
    append: (entry) => writeRecord(database, (tx) => appendEvent(tx, signer, entry)),
    readLines: ({ afterSeq, limit }) =>
      read(database, async () => {
        const where = { seq: { gt: BigInt(afterSeq) } };
        const rows = await prisma.auditEvent.findMany({ where, orderBy: { seq: "asc" }, take: limit });
        return rows.map((row) => {
          const seq = Number(row.seq);
          return { seq, line: formatAuditLine({ ...row, seq }) };
        });
      }),
    listPublicKeys: () =>
      read(database, async () => {
        const rows = await prisma.auditKey.findMany({ orderBy: [{ firstSeenMs: "asc" }, { keyId: "asc" }] });
        return rows.map((row) => row.vkey);
      }),
  };
}

async function recordKey(tx: Transaction, signer: AuditSigner): Promise<void> {
  const { keyId, vkey } = signer;
  const data = [{ keyId, vkey, firstSeenMs: BigInt(Date.now()) }];
  await tx.auditKey.createMany({ data, skipDuplicates: true });
}

/** Appends to the chain, as the last step of the transaction that does what it tells of: others wait from here on. */
export async function appendEvent(tx: Transaction, signer: AuditSigner, entry: AuditEntry): Promise<void> {
  const event = encodeEvent(entry);
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(${CHAIN_LOCK}::bigint)`;
  const head = await tx.auditEvent.findFirst({ orderBy: { seq: "desc" }, select: { seq: true, hash: true } });
  const seq = head === null ? 1 : Number(head.seq) + 1;
  const prevHash = head?.hash ?? FIRST_PREV_HASH;
  const hash = computeEventHash(prevHash, seq, event);
  const signature = signer.sign(hash);
  await tx.auditEvent.create({
    data: { seq: BigInt(seq), event, prevHash, hash, signature, keyId: signer.keyId },
    select: { seq: true },
  });
}
