import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadAuditSigner } from "./signing-key.ts";
import { openStores } from "./stores.ts";
import { HOSTILE, sampleEntry, sampleUnlock } from "./testing/samples.ts";
import { openTestDatabase, type TestDatabase } from "./testing/test-database.ts";
import { verifyTrail } from "./testing/verify-trail.ts";

let db: TestDatabase;
beforeAll(async () => {
  db = await openTestDatabase();
});
afterAll(() => db.close());

async function readAll(): Promise<readonly string[]> {
  const lines = await db.stores.audit.readLines({ afterSeq: 0, limit: 100_000 });
  expect(lines.map(({ seq }) => seq)).toEqual(lines.map((_, index) => index + 1));
  return lines.map(({ line }) => line);
}

test("events appended at the same time form one chain without gaps that verifies", async () => {
  const { audit } = db.stores;
  await Promise.all(Array.from({ length: 100 }, (_, index) => audit.append(sampleEntry({ details: { index } }))));
  const lines = await readAll();
  expect(lines.length).toBeGreaterThanOrEqual(100);
  expect(await verifyTrail(lines, await audit.listPublicKeys())).toMatchObject({
    verdict: "verified",
    lastSeq: lines.length,
  });
});

test("of events that are appended together one that cannot be written fails alone", async () => {
  const before = (await readAll()).length;
  const cyclic: Record<string, unknown> = {};
  cyclic["self"] = cyclic;
  const details = [{ index: 1 }, cyclic, { index: 2 }];
  const appended = await Promise.allSettled(
    details.map((one) => db.stores.audit.append(sampleEntry({ details: one }))),
  );
  expect(appended.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect(await readAll()).toHaveLength(before + 2);
});

test("an event that is rolled back leaves no gap", async () => {
  const before = (await readAll()).length;
  const unlock = sampleUnlock();
  await db.stores.unlocks.begin(unlock, sampleEntry(), 0);
  const cyclic: Record<string, unknown> = {};
  cyclic["self"] = cyclic;
  await expect(db.stores.unlocks.begin(sampleUnlock(), sampleEntry({ details: cyclic }), 0)).rejects.toThrow();
  await db.stores.audit.append(sampleEntry());
  const lines = await readAll();
  expect(lines).toHaveLength(before + 2);
  expect((await verifyTrail(lines, await db.stores.audit.listPublicKeys())).verdict).toBe("verified");
});

test("hostile text is kept exactly, on one line that steers no terminal", async () => {
  await db.stores.audit.append(sampleEntry({ details: { text: HOSTILE, escape: "\u001b[2J\u009b", bidi: "\u202e" } }));
  const line = (await readAll()).at(-1) ?? "";
  expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
  expect(JSON.parse(line).event.details).toEqual({ text: HOSTILE, escape: "\u001b[2J\u009b", bidi: "\u202e" });
});

test("a part of the trail is read from where the last one ended", async () => {
  for (let index = 0; index < 3; index += 1) await db.stores.audit.append(sampleEntry());
  const head = (await readAll()).length;
  const part = await db.stores.audit.readLines({ afterSeq: head - 2, limit: 1 });
  expect(part.map(({ seq }) => seq)).toEqual([head - 1]);
  const lines = part.map(({ line }) => line);
  const verdict = await verifyTrail(lines, await db.stores.audit.listPublicKeys(), { isPartAllowed: true });
  expect(verdict).toMatchObject({ verdict: "verified", firstSeq: head - 1 });
});

test("another signing key joins the list, and the whole trail still verifies", async () => {
  const other = await loadAuditSigner({ pem: null, dataDir: join(db.dataDir, "other") });
  const stores = await openStores(db.database, other);
  await stores.audit.append(sampleEntry());
  const keys = await stores.audit.listPublicKeys();
  expect(keys).toHaveLength(2);
  expect(keys[1]).toBe(other.vkey);
  const lines = await readAll();
  expect((await verifyTrail(lines, keys)).verdict).toBe("verified");
  expect(await verifyTrail(lines, keys.slice(0, 1))).toMatchObject({ verdict: "bad", seq: lines.length });
});

test("the signing key is made once, for its owner only", async () => {
  const path = join(db.dataDir, "audit-signing-key.pem");
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  const again = await loadAuditSigner({ pem: null, dataDir: db.dataDir });
  const given = await loadAuditSigner({ pem: await readFile(path, "utf8"), dataDir: "/nonexistent" });
  expect(await db.stores.audit.listPublicKeys()).toContain(again.vkey);
  expect(given.vkey).toBe(again.vkey);
  await expect(loadAuditSigner({ pem: "nonsense", dataDir: db.dataDir })).rejects.toThrow("not a private key");
});
