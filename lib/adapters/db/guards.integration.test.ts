import { createHash } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sampleEntry, sampleUnlock, sampleUnlockHalf } from "./testing/samples.ts";
import { openTestDatabase, type TestDatabase } from "./testing/test-database.ts";

let db: TestDatabase;
beforeAll(async () => {
  db = await openTestDatabase();
});
afterAll(() => db.close());

const RECORDS = ["audit_event", "audit_key", "audit_index", "audit_checkpoint", "unlock", "unlock_half"];

/** Runs as the owner of the tables, with ordinary triggers switched off: the most that a session can do by itself. */
function asReplica(sql: string): Promise<unknown> {
  return db.database.prisma.$transaction(async (tx) => {
    await tx.$executeRawUnsafe("SET LOCAL session_replication_role = replica");
    await tx.$executeRawUnsafe(sql);
  });
}

async function begin() {
  const unlock = sampleUnlock();
  await db.stores.unlocks.begin(unlock, sampleEntry({ unlockId: unlock.id }), 0);
  const { seq, hash } = await db.stores.audit.readHead();
  await db.stores.checkpoints.record({ size: seq, root: hash, note: "a note", keyId: "00000000", atMs: 1 });
  return unlock;
}

test("no record can be deleted or truncated, not even with replication's triggers off", async () => {
  await begin();
  for (const table of RECORDS) {
    for (const sql of [`DELETE FROM ${table}`, `TRUNCATE ${table} CASCADE`]) {
      await expect(db.database.prisma.$executeRawUnsafe(sql), sql).rejects.toThrow("is refused on");
      await expect(asReplica(sql), sql).rejects.toThrow("is refused on");
    }
  }
});

test("an audit event, its index, a key or a checkpoint cannot be changed", async () => {
  await begin();
  for (const sql of [
    "UPDATE audit_event SET event = event",
    "UPDATE audit_key SET vkey = 'other'",
    "UPDATE audit_index SET outcome = 'other'",
    "UPDATE audit_checkpoint SET at_ms = 0",
  ]) {
    await expect(db.database.prisma.$executeRawUnsafe(sql), sql).rejects.toThrow("UPDATE is refused");
    await expect(asReplica(sql), sql).rejects.toThrow("UPDATE is refused");
  }
});

test("of an unlock nothing but the outcome can change", async () => {
  const { id } = await begin();
  for (const change of ["reason_json = '\"other\"'", "actor_json = '{}'", "id = 'other'", "intent_at_ms = 0"]) {
    const sql = `UPDATE unlock SET ${change} WHERE id = '${id}'`;
    await expect(db.database.prisma.$executeRawUnsafe(sql), sql).rejects.toThrow("only the outcome");
    await expect(asReplica(sql), sql).rejects.toThrow("only the outcome");
  }
});

test("of a half of an unlock nothing but the outcome can change, and none can be added later", async () => {
  const { id } = await begin();
  for (const change of ["raw = NULL", "location_json = '\"other\"'", "position = 9"]) {
    const sql = `UPDATE unlock_half SET ${change} WHERE unlock_id = '${id}'`;
    await expect(db.database.prisma.$executeRawUnsafe(sql), sql).rejects.toThrow("only the outcome");
    await expect(asReplica(sql), sql).rejects.toThrow("only the outcome");
  }
  const added = `INSERT INTO unlock_half SELECT unlock_id, 7, source_json, mechanism, location_json, bucket_json, state_key_json,
    account_name_json, lock_id_json, fingerprint, etag_json, version_id_json, raw, outcome, detail_json, aws_request_ids_json
    FROM unlock_half WHERE unlock_id = '${id}'`;
  await expect(db.database.prisma.$executeRawUnsafe(added)).rejects.toThrow("recorded with their unlock");
});

test("a final outcome never changes again", async () => {
  const unlock = await begin();
  const halves = [sampleUnlockHalf({ outcome: "released" })];
  const entry = sampleEntry({ action: "unlock.outcome" });
  await db.stores.unlocks.settle({
    id: unlock.id,
    outcome: "released",
    outcomeAtMs: 3,
    halves,
    holderNow: null,
    entry,
  });
  const where = `'${unlock.id}'`;
  for (const sql of [
    `UPDATE unlock SET outcome = 'refused' WHERE id = ${where}`,
    `UPDATE unlock SET outcome = 'unknown', outcome_at_ms = NULL WHERE id = ${where}`,
    `UPDATE unlock_half SET outcome = 'changed' WHERE unlock_id = ${where}`,
    `UPDATE unlock_half SET detail_json = '"x"' WHERE unlock_id = ${where}`,
  ]) {
    await expect(db.database.prisma.$executeRawUnsafe(sql), sql).rejects.toThrow("already has its outcome");
    await expect(asReplica(sql), sql).rejects.toThrow("already has its outcome");
  }
});

test("an event that does not follow the chain is refused", async () => {
  await db.stores.audit.append(sampleEntry());
  const [head] = await db.database.prisma.auditEvent.findMany({ orderBy: { seq: "desc" }, take: 1 });
  if (head === undefined) throw new Error("nothing was appended");
  const event = new TextEncoder().encode('{"at":"forged"}');
  const hashOf = (seq: bigint, prevHash: Uint8Array) => {
    const seqBytes = Buffer.alloc(8);
    seqBytes.writeBigInt64BE(seq);
    return new Uint8Array(createHash("sha256").update(prevHash).update(seqBytes).update(event).digest());
  };
  const forged = (seq: bigint, prevHash: Uint8Array<ArrayBuffer>, hash: Uint8Array<ArrayBuffer>) =>
    db.database.prisma.auditEvent.create({
      data: { seq, event, prevHash, hash, signature: new Uint8Array(64), keyId: head.keyId },
    });
  const next = head.seq + 1n;
  await expect(forged(next + 1n, head.hash, hashOf(next + 1n, head.hash))).rejects.toThrow("does not follow");
  await expect(forged(head.seq, head.hash, hashOf(head.seq, head.hash))).rejects.toThrow("does not follow");
  await expect(forged(next, head.prevHash, hashOf(next, head.prevHash))).rejects.toThrow("is not right");
  await expect(forged(next, head.hash, new Uint8Array(32))).rejects.toThrow("is not right");
});
