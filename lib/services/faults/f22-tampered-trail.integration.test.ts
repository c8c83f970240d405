import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { sampleEntry } from "#lib/adapters/db/testing/samples.ts";
import { openTestDatabase, type TestDatabase } from "#lib/adapters/db/testing/test-database.ts";
import { createMerkleTree } from "#lib/domain/merkle-tree.ts";
import { formatCheckpoint, formatNote } from "#lib/domain/signed-note.ts";

const EVENTS = 12;

let db: TestDatabase;
let checkpoint: string;
beforeAll(async () => {
  db = await openTestDatabase();
  for (let index = 0; index < EVENTS; index += 1) await db.stores.audit.append(sampleEntry({ details: { index } }));
  checkpoint = await signCheckpoint();
  await asOwner("CREATE TABLE untouched AS SELECT * FROM audit_event");
  // Who owns the table may do this; the triggers keep out everybody else.
  await asOwner("ALTER TABLE audit_event DISABLE TRIGGER USER");
});
beforeEach(async () => {
  await asOwner("TRUNCATE audit_event");
  await asOwner("INSERT INTO audit_event SELECT * FROM untouched");
});
afterAll(() => db.close());

function asOwner(sql: string): Promise<unknown> {
  return db.database.prisma.$executeRawUnsafe(sql);
}

async function signCheckpoint(): Promise<string> {
  const { audit } = db.stores;
  const tree = createMerkleTree((bytes) => createHash("sha256").update(bytes).digest());
  for (const { hash } of await audit.readHashes({ afterSeq: 0, limit: EVENTS })) tree.append(hash);
  const body = formatCheckpoint({ origin: audit.signedBy.keyName, size: tree.size(), root: tree.root() });
  return formatNote(body, [audit.signNote(body)]);
}

/** What an auditor does with an export and the keys kept from earlier, and what the verifier answers. */
async function verifyExport(keptCheckpoint: string | null): Promise<{ exitCode: number | null; said: unknown }> {
  const path = (name: string) => join(db.dataDir, name);
  const lines = await db.stores.audit.readLines({ afterSeq: 0, limit: 1_000 });
  await writeFile(path("export.jsonl"), lines.map(({ line }) => `${line}\n`).join(""));
  await writeFile(path("keys.txt"), (await db.stores.audit.listPublicKeys()).join("\n"));
  await writeFile(path("checkpoint.txt"), keptCheckpoint ?? "");
  const kept = keptCheckpoint === null ? [] : ["--checkpoint", path("checkpoint.txt")];
  const args = ["scripts/audit-verify.mjs", path("export.jsonl"), "--key", path("keys.txt"), "--json", ...kept];
  const { status, stdout } = spawnSync(process.execPath, args, { encoding: "utf8" });
  return { exitCode: status, said: JSON.parse(stdout) };
}

const REHASH = "UPDATE audit_event SET hash = sha256(prev_hash || int8send(seq) || event) WHERE seq = 5";
const EDIT = "UPDATE audit_event SET event = overlay(event placing '\\x7a' from 20) WHERE seq = 5";
const RELINK = `DO $$ DECLARE last bytea; one record; BEGIN
  SELECT hash INTO last FROM audit_event WHERE seq = 5;
  FOR one IN SELECT seq, event FROM audit_event WHERE seq > 5 ORDER BY seq LOOP
    UPDATE audit_event SET prev_hash = last, hash = sha256(last || int8send(one.seq) || one.event) WHERE seq = one.seq
      RETURNING hash INTO last;
  END LOOP; END $$`;
const SWAP = `UPDATE audit_event a SET event = b.event, prev_hash = b.prev_hash, hash = b.hash, signature = b.signature
  FROM audit_event b WHERE (a.seq, b.seq) IN ((5, 6), (6, 5))`;
const CLOSE_GAP = "UPDATE audit_event SET seq = seq - 1 WHERE seq > 5";
const FORGE = `INSERT INTO audit_event SELECT seq + 1, event, hash, sha256(hash || int8send(seq + 1) || event), signature, key_id
  FROM audit_event WHERE seq = ${EVENTS}`;

type Tampering = { readonly sql: readonly string[]; readonly inDatabase: number | null; readonly inExport: number };
const TAMPERINGS: readonly (readonly [string, Tampering])[] = [
  ["edited", { sql: [EDIT], inDatabase: 5, inExport: 5 }],
  ["edited, with its hash made right", { sql: [EDIT, REHASH], inDatabase: 6, inExport: 5 }],
  // Hashes alone need no secret; only the signatures of what follows tell.
  ["edited, with every hash made right", { sql: [EDIT, REHASH, RELINK], inDatabase: null, inExport: 5 }],
  ["removed", { sql: ["DELETE FROM audit_event WHERE seq = 5"], inDatabase: 6, inExport: 5 }],
  [
    "removed, with the gap closed",
    { sql: ["DELETE FROM audit_event WHERE seq = 5", CLOSE_GAP], inDatabase: 5, inExport: 5 },
  ],
  ["put in another order", { sql: [SWAP], inDatabase: 5, inExport: 5 }],
  ["the first, and removed", { sql: ["DELETE FROM audit_event WHERE seq = 1"], inDatabase: 2, inExport: 1 }],
  ["added at the end", { sql: [FORGE], inDatabase: null, inExport: EVENTS + 1 }],
];

test("F22: an untouched trail verifies in the database and as an export", async () => {
  expect((await db.stores.audit.verify()).problem).toBeNull();
  expect(await verifyExport(checkpoint)).toMatchObject({ exitCode: 0, said: { verdict: "verified", events: EVENTS } });
});

test.each(TAMPERINGS)(
  "F22: an event that was %s, by the owner of the table, is named by its number",
  async (_name, ...rest) => {
    const [{ sql, inDatabase, inExport }] = rest;
    for (const statement of sql) await asOwner(statement);

    expect((await db.stores.audit.verify()).problem?.seq ?? null).toBe(inDatabase);
    expect((await db.stores.audit.verifyAfter(0))?.seq).toBe(inExport);
    expect(await verifyExport(null)).toMatchObject({ exitCode: 1, said: { verdict: "bad", seq: inExport } });
  },
);

test.each([
  ["the last event was cut off", `DELETE FROM audit_event WHERE seq = ${EVENTS}`],
  ["the trail was emptied", "TRUNCATE audit_event"],
])("F22: that %s is told by a checkpoint kept from before", async (_name, sql) => {
  await asOwner(sql);

  expect(await verifyExport(checkpoint)).toMatchObject({ exitCode: 1, said: { verdict: "bad" } });
});
