import { generateKeyPairSync } from "node:crypto";
import { link, mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { loadAuditKeys, rotateKeyFile } from "./signing-key.ts";

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "lockkeeper-key-"));
});
afterEach(() => rm(dataDir, { recursive: true }));

function newPem(): string {
  return generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }).toString();
}

test("a key made by rotation is its owner's alone, and no draft of it stays", async () => {
  await loadAuditKeys({ pem: null, dataDir });
  await rotateKeyFile(dataDir);

  expect(await readdir(dataDir)).toEqual(["audit-signing-key.pem", "audit-signing-key.previous.pem"]);
  for (const name of await readdir(dataDir)) expect((await stat(join(dataDir, name))).mode & 0o777).toBe(0o600);
});

test("a rotation that broke off half-way is finished by the next attempt", async () => {
  const { signer } = await loadAuditKeys({ pem: null, dataDir });
  const path = join(dataDir, "audit-signing-key.pem");
  await link(path, join(dataDir, "audit-signing-key.previous.pem"));

  expect((await rotateKeyFile(dataDir)).oldKeyId).toBe(signer.keyId);
  const { signer: now, previous } = await loadAuditKeys({ pem: null, dataDir });
  expect(now.keyId).not.toBe(signer.keyId);
  expect(previous.map(({ keyId }) => keyId)).toEqual([signer.keyId]);
});

test("a folder without a key has nothing to rotate, and a named key file that is not there is never made", async () => {
  await expect(rotateKeyFile(dataDir)).rejects.toThrow("no key");
  const keyFile = join(dataDir, "missing.pem");
  await expect(loadAuditKeys({ pem: null, keyFile, dataDir })).rejects.toThrow("cannot be read");
  await expect(loadAuditKeys({ pem: newPem(), previousKeyFile: keyFile, dataDir })).rejects.toThrow("cannot be read");
});

test("a key given in a variable may have its line ends escaped", async () => {
  const pem = newPem();
  const plain = await loadAuditKeys({ pem, dataDir });
  const escaped = await loadAuditKeys({ pem: pem.replaceAll("\n", "\\n"), dataDir });
  expect(escaped.signer.vkey).toBe(plain.signer.vkey);
});
