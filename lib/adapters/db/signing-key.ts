import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomUUID,
  sign,
} from "node:crypto";
import { link, mkdir, open, readFile, unlink } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "#lib/services/errors.ts";

/** Signs audit events; `vkey` is the public half as C2SP signed notes write it. */
export type AuditSigner = {
  readonly keyName: string;
  readonly keyId: string;
  readonly vkey: string;
  readonly sign: (bytes: Uint8Array) => Uint8Array<ArrayBuffer>;
};

const KEY_NAME = "lockkeeper";
const ED25519 = 0x01;
const FILE = "audit-signing-key.pem";

/** The Ed25519 key given as PEM, or the one kept in the data folder, which is made on first use. */
export async function loadAuditSigner(input: { pem: string | null; dataDir: string }): Promise<AuditSigner> {
  if (input.pem !== null) return createSigner(input.pem, "The audit signing key");
  const path = join(input.dataDir, FILE);
  const existing = await readFile(path, "utf8").catch(() => null);
  if (existing !== null) return createSigner(existing, path);
  await createKeyFile(input.dataDir, path);
  // Read back, because another process may have been first.
  return createSigner(await readFile(path, "utf8"), path);
}

async function createKeyFile(dataDir: string, path: string): Promise<void> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const { privateKey } = generateKeyPairSync("ed25519");
  const draft = `${path}.${randomUUID()}`;
  const handle = await open(/* turbopackIgnore: true */ draft, "wx", 0o600);
  await handle.writeFile(privateKey.export({ type: "pkcs8", format: "pem" }));
  await handle.sync();
  await handle.close();
  await link(draft, path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error;
  });
  await unlink(draft);
}

function createSigner(pem: string, name: string): AuditSigner {
  const key = parsePrivateKey(pem, name);
  const raw = createPublicKey(key).export({ format: "der", type: "spki" }).subarray(-32);
  const typed = Buffer.concat([Buffer.of(ED25519), raw]);
  const keyId = computeKeyId(KEY_NAME, typed);
  return {
    keyName: KEY_NAME,
    keyId,
    vkey: `${KEY_NAME}+${keyId}+${typed.toString("base64")}`,
    sign: (bytes) => new Uint8Array(sign(null, bytes, key)),
  };
}

function parsePrivateKey(pem: string, name: string): KeyObject {
  const hint = "Make one with: openssl genpkey -algorithm ed25519";
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch (cause) {
    throw new AppError(`${name} is not a private key in PEM form.`, { code: "unavailable", hint, cause });
  }
  if (key.asymmetricKeyType === "ed25519") return key;
  throw new AppError(`${name} is not an Ed25519 key.`, { code: "unavailable", hint });
}

/** First four bytes of SHA-256(name, line feed, type and key), as C2SP's signed-note says. */
export function computeKeyId(name: string, typedKey: Uint8Array): string {
  return createHash("sha256").update(`${name}\n`).update(typedKey).digest("hex").slice(0, 8);
}
