import { createPublicKey, generateKeyPairSync, verify } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Log } from "#lib/services/ports/context.ts";
import { announceSigningKey } from "./key-rotation.ts";
import { type AuditKeys, loadAuditKeys, rotateKeyFile } from "./signing-key.ts";
import { openStores, type Stores } from "./stores.ts";
import { sampleEntry } from "./testing/samples.ts";
import { openTestDatabase, type TestDatabase } from "./testing/test-database.ts";
import { verifyTrail } from "./testing/verify-trail.ts";

const SPKI_PREFIX = Buffer.from("302a300506032b6570032100", "hex");

let db: TestDatabase;
let warnings: string[] = [];
const log: Log = { info: () => {}, warn: (_fields, message) => warnings.push(message), error: () => {} };

beforeEach(async () => {
  db = await openTestDatabase();
  warnings = [];
});
afterEach(() => db.close());

/** What every start does, with the keys given. */
async function start(keys: AuditKeys): Promise<Stores> {
  const stores = await openStores(db.database, keys.signer);
  await announceSigningKey(db.database, keys, log);
  return stores;
}

async function newKeys(previous: AuditKeys["previous"] = []): Promise<AuditKeys> {
  const pem = newPem();
  const { signer } = await loadAuditKeys({ pem, dataDir: join(db.dataDir, "none") });
  return { signer, previous };
}

function newPem(): string {
  return generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }).toString();
}

async function readTrail() {
  const lines = (await db.stores.audit.readLines({ afterSeq: 0, limit: 1_000 })).map(({ line }) => line);
  expect((await verifyTrail(lines, await db.stores.audit.listPublicKeys())).verdict).toBe("verified");
  return lines.map((line) => JSON.parse(line));
}

function isVouchedFor(details: Record<string, string>): boolean {
  const { previousVkey = "", newVkey = "", previousSignature = "" } = details;
  const raw = Buffer.from(previousVkey.split("+").slice(2).join("+"), "base64").subarray(1);
  const key = createPublicKey({ key: Buffer.concat([SPKI_PREFIX, raw]), format: "der", type: "spki" });
  const message = Buffer.from(`lockkeeper key rotation\n${previousVkey}\n${newVkey}\n`);
  return verify(null, message, key, Buffer.from(previousSignature, "base64"));
}

test("a new key begins with an event that both keys sign", async () => {
  const before = await newKeys();
  await (await start(before)).audit.append(sampleEntry());
  const after = await newKeys([before.signer]);
  await (await start(after)).audit.append(sampleEntry());

  const [, rotation, next] = await readTrail();
  expect(rotation).toMatchObject({
    keyId: after.signer.keyId,
    event: {
      action: "audit.key_rotated",
      actor: { kind: "system", name: "auditor" },
      details: {
        previousKeyId: before.signer.keyId,
        previousVkey: before.signer.vkey,
        newKeyId: after.signer.keyId,
        newVkey: after.signer.vkey,
      },
    },
  });
  expect(isVouchedFor(rotation.event.details)).toBe(true);
  expect(next.keyId).toBe(after.signer.keyId);
  expect(warnings).toEqual([]);

  const lines = (await db.stores.audit.readLines({ afterSeq: 0, limit: 10 })).map(({ line }) => line);
  expect(await verifyTrail(lines, [before.signer.vkey])).toMatchObject({ verdict: "verified", notices: [] });
});

test("a key that nobody vouches for is on the trail as such, and the log says what an auditor will see", async () => {
  const before = await newKeys();
  await (await start(before)).audit.append(sampleEntry());
  const stranger = await newKeys();
  await start(await newKeys([stranger.signer]));

  const [, rotation] = await readTrail();
  expect(rotation.event.details).toMatchObject({ previousKeyId: before.signer.keyId, previousSignature: null });
  expect(warnings).toEqual([expect.stringContaining("its verification stops here until the auditor has the new")]);
});

test("the first key of an empty trail, and a key that signs on, need no event", async () => {
  const keys = await newKeys();
  await start(keys);
  await (await start(keys)).audit.append(sampleEntry());
  await start(keys);

  expect((await readTrail()).map(({ event }) => event.action)).toEqual(["unlock.intent"]);
});

test("replicas with keys of their own are announced once each, however often they start", async () => {
  const [left, right] = [await newKeys(), await newKeys()];
  for (let round = 0; round < 3; round += 1) {
    for (const keys of [left, right]) await (await start(keys)).audit.append(sampleEntry());
  }

  const trail = await readTrail();
  expect(trail.filter(({ event }) => event.action === "audit.key_rotated")).toHaveLength(1);
  expect(trail).toHaveLength(7);
});

test("of replicas that start with the same new key at once, one announces it", async () => {
  const before = await newKeys();
  await (await start(before)).audit.append(sampleEntry());
  const after = await newKeys([before.signer]);
  await openStores(db.database, after.signer);
  await Promise.all(Array.from({ length: 8 }, () => announceSigningKey(db.database, after, log)));

  expect((await readTrail()).map(({ event }) => event.action)).toEqual(["unlock.intent", "audit.key_rotated"]);
});

test("the key of the data folder vouches for one that is given from now on", async () => {
  const kept = await loadAuditKeys({ pem: null, dataDir: db.dataDir });
  await (await start(kept)).audit.append(sampleEntry());
  const keyFile = join(db.dataDir, "given.pem");
  await writeFile(keyFile, newPem());
  await start(await loadAuditKeys({ pem: null, keyFile, dataDir: db.dataDir }));

  const [, rotation] = await readTrail();
  expect(rotation.event.details.previousKeyId).toBe(kept.signer.keyId);
  expect(isVouchedFor(rotation.event.details)).toBe(true);
});

test("a key that is named as the one before vouches, also where another replica signed last", async () => {
  const [before, other] = [await newKeys(), await newKeys()];
  for (const keys of [before, other]) await (await start(keys)).audit.append(sampleEntry());
  await start(await newKeys([before.signer]));

  const rotation = (await readTrail()).at(-1);
  expect(rotation.event.details.previousKeyId).toBe(before.signer.keyId);
  expect(isVouchedFor(rotation.event.details)).toBe(true);
});

test("rotating the data folder's key keeps the old one to vouch at the next start, and never overwrites one", async () => {
  const before = await loadAuditKeys({ pem: null, dataDir: db.dataDir });
  await (await start(before)).audit.append(sampleEntry());
  const { oldKeyId, newVkey, previousPath } = await rotateKeyFile(db.dataDir);
  expect(oldKeyId).toBe(before.signer.keyId);
  await expect(rotateKeyFile(db.dataDir)).rejects.toThrow("is there from an earlier rotation");

  const after = await loadAuditKeys({ pem: null, dataDir: db.dataDir });
  expect(after.signer.vkey).toBe(newVkey);
  await start(after);
  const [, rotation] = await readTrail();
  expect(isVouchedFor(rotation.event.details)).toBe(true);
  expect(await readFile(previousPath, "utf8")).toContain("PRIVATE KEY");
});

test("another public key under our id in the database stops the start", async () => {
  const { signer } = await newKeys();
  const { signer: other } = await newKeys();
  await db.database.prisma.auditKey.create({ data: { keyId: signer.keyId, vkey: other.vkey, firstSeenMs: 0n } });
  await expect(openStores(db.database, signer)).rejects.toThrow("another public key under the id");
});
