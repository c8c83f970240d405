import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Database, openDatabase } from "./database.ts";
import { createJobQueue } from "./job-queue.ts";
import { loadAuditSigner } from "./signing-key.ts";
import { openStores, type Stores } from "./stores.ts";
import { sampleEntry, sampleHalf, sampleSource, sampleSweep, sampleToken, sampleUnlock } from "./testing/samples.ts";
import { createServerDatabase, MIGRATIONS_DIR, quietLog } from "./testing/test-database.ts";

const role = `app_${randomUUID().replaceAll("-", "").slice(0, 12)}`;
let folder: string;
let server: { url: string; drop: () => Promise<void> };
let owner: pg.Client;
let applicationUrl: string;
let database: Database;
let stores: Stores;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lockkeeper-role-"));
  const created = await createServerDatabase();
  if (created === null) throw new Error("no server");
  server = created;
  owner = new pg.Client({ connectionString: server.url });
  await owner.connect();
  await owner.query(`CREATE ROLE ${role} LOGIN PASSWORD 'only-for-tests'`);
  const url = new URL(server.url);
  url.username = role;
  url.password = "only-for-tests";
  applicationUrl = url.href;
  const options = { dataDir: folder, migrationsDir: MIGRATIONS_DIR, log: quietLog };
  database = await openDatabase({ url: applicationUrl, ownerUrl: server.url, ...options });
  stores = await openStores(database, await loadAuditSigner({ pem: null, dataDir: folder }));
});
afterAll(async () => {
  await database.close();
  await owner.query(`DROP OWNED BY ${role}`);
  await owner.query(`DROP ROLE ${role}`);
  await owner.end();
  await server.drop();
  await rm(folder, { recursive: true, force: true });
});

const run = (sql: string) => database.prisma.$executeRawUnsafe(sql);

test("the application's role does all that the product does", async () => {
  const source = sampleSource("s3");
  const memory = { boundaries: ["m"], segments: null };
  await stores.sightings.recordSweep(sampleSweep(source, 1_000, [sampleHalf(source, "state")], { memory }));
  await stores.sightings.recordSweep(sampleSweep(source, 2_000, [], { memory: { ...memory, boundaries: ["n"] } }));
  expect(await stores.sightings.readMemory(source.id)).toEqual({ ...memory, boundaries: ["n"] });
  const unlock = sampleUnlock();
  expect(await stores.unlocks.begin(unlock, sampleEntry(), 0)).toEqual({ verdict: "begun" });
  const halves = unlock.halves.map((half) => ({ ...half, outcome: "released" as const }));
  const settled = { id: unlock.id, outcome: "released" as const, outcomeAtMs: 3_000, halves, holderNow: null };
  expect(await stores.unlocks.settle({ ...settled, entry: sampleEntry({ action: "unlock.outcome" }) })).toBe(true);
  await stores.deliveries.recordDelivered({ destination: "siem", seq: 2, atMs: 4_000 });
  await stores.deliveries.recordFailure({ destination: "siem", error: "refused", retryAtMs: 5_000 });
  const { seq, hash } = await stores.audit.readHead();
  await stores.checkpoints.record({ size: seq, root: hash, note: "note", keyId: "00000000", atMs: 1 });
  expect((await stores.audit.verify()).problem).toBeNull();
  expect(await stores.rates.take("anything", { limit: 1, perMs: 1_000 })).toEqual({ ok: true });
  await stores.tokens.record(sampleToken({ id: "t1" }), sampleEntry({ action: "token.made" }));
  await stores.tokens.noteUse({ id: "t1", atMs: 2 });
  const revocation = { id: "t1", atMs: 3, entry: sampleEntry({ action: "token.revoked" }) };
  expect(await stores.tokens.revoke(revocation)).toBe(true);
  expect(await stores.leadership.lead("anything", async () => "done")).toBe("done");
  await database.check();
});

test("the application's role hears what other roles announce", async () => {
  let calls = 0;
  const end = stores.changes.subscribe(() => {
    calls += 1;
  });
  // Once when it begins to listen.
  await expect.poll(() => calls, { interval: 10, timeout: 5_000 }).toBe(1);
  await owner.query("SELECT pg_notify('lockkeeper_changes', 'another replica')");
  await expect.poll(() => calls, { interval: 10, timeout: 5_000 }).toBe(2);
  end();
});

test("the application's role runs jobs on tables that the owner made", async () => {
  const queue = createJobQueue(database);
  await queue.start();
  await queue.createQueue("role-test", { policy: "stately" });
  const done = Promise.withResolvers<unknown>();
  await queue.work("role-test", { pollingIntervalSeconds: 0.5 }, async ([job]) => done.resolve(job?.data));
  await queue.send("role-test", { n: 1 });
  expect(await done.promise).toEqual({ n: 1 });
  await queue.stop({ graceful: false });
});

test("the application's role can neither write the trail itself nor change its tables", async () => {
  for (const sql of [
    "INSERT INTO audit_event (seq, event, prev_hash, hash, signature, key_id) SELECT seq + 1, event, hash, hash, signature, key_id FROM audit_event ORDER BY seq DESC LIMIT 1",
    "INSERT INTO audit_index (seq, at_ms, action, actor_json) VALUES (99, 0, 'x', '\"x\"')",
    "UPDATE audit_event SET event = event",
    "DELETE FROM audit_event",
    "TRUNCATE audit_event",
    "DELETE FROM api_token",
    "UPDATE api_token SET expires_at_ms = expires_at_ms + 1",
    "DELETE FROM unlock",
    "UPDATE unlock SET reason_json = '\"other\"'",
    "UPDATE unlock_half SET raw = NULL",
    "UPDATE audit_checkpoint SET note = note",
    "UPDATE audit_key SET vkey = vkey",
    "SET session_replication_role = replica",
    "ALTER TABLE audit_event DISABLE TRIGGER ALL",
    "DROP TABLE audit_event",
    "CREATE TABLE mine (id int)",
    "CREATE TEMPORARY TABLE audit_event (id int)",
    "CREATE SCHEMA mine",
    "CREATE TABLE pgboss.mine (id int)",
    "CREATE OR REPLACE FUNCTION lockkeeper_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN OLD; END $$",
  ]) {
    await expect(run(sql), sql).rejects.toThrow(/permission denied|must be owner|no privileges/i);
  }
});

test("a signature over another end of the chain is refused, so nothing unverifiable can be appended", async () => {
  const { seq } = await stores.audit.readHead();
  const append = run(
    'SELECT lockkeeper_append_audit(\'{"at":"2026-01-01T00:00:00Z","action":"x","actor":{"name":"x"}}\', decode(repeat(\'00\', 32), \'hex\'), decode(repeat(\'00\', 64), \'hex\'), (SELECT key_id FROM audit_key LIMIT 1))',
  );
  await expect(append).rejects.toThrow("what was signed does not follow");
  expect((await stores.audit.readHead()).seq).toBe(seq);
});

test("a role that owns the records is not accepted as the application's", async () => {
  const options = { dataDir: folder, migrationsDir: MIGRATIONS_DIR, log: quietLog };
  await expect(openDatabase({ url: server.url, ownerUrl: server.url, ...options })).rejects.toMatchObject({
    code: "unavailable",
    message: expect.stringContaining("owns the records"),
  });
});
