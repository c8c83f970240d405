import type { CheckpointStore } from "#lib/services/ports/trail.ts";
import type { Database } from "./database.ts";
import { read, writeRecord } from "./transaction.ts";

/** Checkpoints of the audit trail, kept in the same database for convenience; what counts are the copies elsewhere. */
export function createCheckpointStore(database: Database): CheckpointStore {
  const { prisma } = database;
  return {
    findLatest: () =>
      read(database, async () => {
        const row = await prisma.auditCheckpoint.findFirst({ orderBy: [{ size: "desc" }, { atMs: "desc" }] });
        if (row === null) return null;
        const { size, root, note, keyId, atMs } = row;
        return { size: Number(size), root, note: new TextDecoder().decode(note), keyId, atMs: Number(atMs) };
      }),
    record: ({ size, root, note, keyId, atMs }) =>
      writeRecord(database, async (tx) => {
        const bytes = { root: new Uint8Array(root), note: new TextEncoder().encode(note) };
        const data = [{ size: BigInt(size), keyId, atMs: BigInt(atMs), ...bytes }];
        await tx.auditCheckpoint.createMany({ data, skipDuplicates: true });
      }),
  };
}
