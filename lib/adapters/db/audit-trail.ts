import { AppError } from "#lib/services/errors.ts";
import type { AuditEntry, AuditTrail } from "#lib/services/ports/trail.ts";
import { auditWhere } from "./audit-filter.ts";
import { computeEventHash, encodeEvent, formatAuditLine, isNoteSignedBy } from "./audit-line.ts";
import { verifyChain } from "./chain-check.ts";
import type { Database } from "./database.ts";
import { createEventAppender } from "./event-appender.ts";
import { verifyEventsAfter } from "./event-check.ts";
import type { AuditSigner } from "./signing-key.ts";
import { read, type Transaction, write } from "./transaction.ts";

/** The audit trail in the database; the public half of the signer's key is recorded with it. */
export async function openAuditTrail(database: Database, signer: AuditSigner): Promise<AuditTrail> {
  await write(database, (tx) => recordKey(tx, signer));
  const { prisma } = database;
  const readLines: AuditTrail["readLines"] = ({ afterSeq, limit }) =>
    read(database, async () => {
      const where = { seq: { gt: BigInt(afterSeq) } };
      const rows = await prisma.auditEvent.findMany({ where, orderBy: { seq: "asc" }, take: limit });
      return rows.map(toLine);
    });
  const listPublicKeys: AuditTrail["listPublicKeys"] = () =>
    read(database, async () => {
      const rows = await prisma.auditKey.findMany({ orderBy: [{ firstSeenMs: "asc" }, { keyId: "asc" }] });
      return rows.map((row) => row.vkey);
    });
  // Our own last: whatever the database says, what bears our key's id is checked with our key.
  const readKeys = async () => [...(await listPublicKeys()), signer.vkey];
  return {
    append: createEventAppender(database, signer, appendEncoded),
    readHead: () =>
      read(database, async () => {
        const head = await prisma.auditEvent.findFirst({ orderBy: { seq: "desc" }, select: { seq: true, hash: true } });
        return head === null ? { seq: 0, hash: new Uint8Array(32) } : { seq: Number(head.seq), hash: head.hash };
      }),
    readHashes: ({ afterSeq, limit }) =>
      read(database, async () => {
        const where = { seq: { gt: BigInt(afterSeq) } };
        const select = { seq: true, hash: true };
        const rows = await prisma.auditEvent.findMany({ where, orderBy: { seq: "asc" }, take: limit, select });
        return rows.map(({ seq, hash }) => ({ seq: Number(seq), hash }));
      }),
    readLines,
    find: (filter) =>
      read(database, async () => {
        const orderBy = { seq: "desc" } as const;
        const select = { seq: true };
        const found = await prisma.auditIndex.findMany({
          where: auditWhere(filter),
          orderBy,
          take: filter.limit,
          select,
        });
        const rows = await prisma.auditEvent.findMany({ where: { seq: { in: found.map(({ seq }) => seq) } }, orderBy });
        return rows.map(toLine);
      }),
    verify: () => read(database, () => verifyChain(prisma)),
    verifyAfter: (afterSeq) => verifyEventsAfter(afterSeq, { readLines, readKeys }),
    signedBy: { keyName: signer.keyName, keyId: signer.keyId },
    isOwnNote: async (note) => isNoteSignedBy(note, await readKeys()),
    signNote: (body) => ({
      keyName: signer.keyName,
      keyId: signer.keyId,
      signature: signer.sign(new TextEncoder().encode(body)),
    }),
    listPublicKeys,
  };
}

function toLine(row: Omit<Parameters<typeof formatAuditLine>[0], "seq"> & { seq: bigint }) {
  const seq = Number(row.seq);
  return { seq, line: formatAuditLine({ ...row, seq }) };
}

async function recordKey(tx: Transaction, signer: AuditSigner): Promise<void> {
  const { keyId, vkey } = signer;
  const data = [{ keyId, vkey, firstSeenMs: BigInt(Date.now()) }];
  await tx.auditKey.createMany({ data, skipDuplicates: true });
  const recorded = await tx.auditKey.findUnique({ where: { keyId } });
  if (recorded?.vkey === vkey) return;
  throw new AppError(`The trail has another public key under the id ${keyId} of our signing key.`, {
    code: "unavailable",
    hint: "Either the table audit_key was changed, which is a matter for whoever guards the database, or use a new signing key.",
  });
}

/** Appends to the chain, as the last step of the transaction that does what it tells of: others wait from here on. */
export function appendEvent(tx: Transaction, signer: AuditSigner, entry: AuditEntry): Promise<void> {
  return appendEncoded(tx, signer, [encodeEvent(entry)]);
}

async function appendEncoded(
  tx: Transaction,
  signer: AuditSigner,
  events: readonly Uint8Array<ArrayBuffer>[],
): Promise<void> {
  const [head] = await tx.$queryRaw<{ seq: bigint; hash: Uint8Array }[]>`SELECT seq, hash FROM lockkeeper_audit_head()`;
  if (head === undefined) throw new Error("The database did not say where the audit trail ends.");
  let { hash } = head;
  let seq = Number(head.seq);
  for (const event of events) {
    seq += 1;
    hash = computeEventHash(hash, seq, event);
    const signature = signer.sign(hash);
    await tx.$executeRaw`SELECT lockkeeper_append_audit(${event}::bytea, ${hash}::bytea, ${signature}::bytea, ${signer.keyId})`;
  }
}
