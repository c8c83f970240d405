import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomUUID,
  sign,
} from "node:crypto";
import { link, mkdir, open, readFile, rename, unlink } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "#lib/services/errors.ts";

/** Signs audit events; `vkey` is the public half as C2SP signed notes write it. */
export type AuditSigner = {
  readonly keyName: string;
  readonly keyId: string;
  readonly vkey: string;
  readonly sign: (bytes: Uint8Array) => Uint8Array<ArrayBuffer>;
};

/** The key that signs from now on, and keys at hand that may have signed before it and can vouch for it. */
export type AuditKeys = { readonly signer: AuditSigner; readonly previous: readonly AuditSigner[] };

export type AuditKeySources = {
  /** The private key itself. */
  readonly pem: string | null;
  readonly keyFile?: string | null;
  readonly previousKeyFile?: string | null;
  readonly dataDir: string;
};

const KEY_NAME = "lockkeeper";
const ED25519 = 0x01;
const FILE = "audit-signing-key.pem";
const PREVIOUS_FILE = "audit-signing-key.previous.pem";
const HINT = "Make one with: openssl genpkey -algorithm ed25519";

/** The Ed25519 key given as PEM or as a file, or the one kept in the data folder, which is made on first use. */
export async function loadAuditSigner(input: AuditKeySources): Promise<AuditSigner> {
  if (input.pem !== null) return createSigner(input.pem, "The audit signing key");
  if (input.keyFile) return createSigner(await readKeyFile(input.keyFile), input.keyFile);
  const path = join(input.dataDir, FILE);
  const existing = await readIfThere(path);
  if (existing !== null) return createSigner(existing, path);
  await mkdir(input.dataDir, { recursive: true, mode: 0o700 });
  await createKeyFile(path);
  // Read back, because another process may have been first.
  return createSigner(await readKeyFile(path), path);
}

/** The signing key with every key at hand that could be the one before it. */
export async function loadAuditKeys(input: AuditKeySources): Promise<AuditKeys> {
  const signer = await loadAuditSigner(input);
  const { previousKeyFile, dataDir } = input;
  const named = previousKeyFile ? [createSigner(await readKeyFile(previousKeyFile), previousKeyFile)] : [];
  const kept: AuditSigner[] = [];
  for (const path of [join(dataDir, PREVIOUS_FILE), join(dataDir, FILE)]) {
    const pem = await readIfThere(path);
    if (pem !== null) kept.push(createSigner(pem, path));
  }
  return { signer, previous: [...named, ...kept].filter(({ keyId }) => keyId !== signer.keyId) };
}

/**
 * Puts a new key in the place of the data folder's, whose old one stays beside it so that it can vouch for the new at the
 * next start. Throws AppError `refused` where that would lose a key.
 */
export async function rotateKeyFile(
  dataDir: string,
): Promise<{ readonly oldKeyId: string; readonly newVkey: string; readonly previousPath: string }> {
  const path = join(dataDir, FILE);
  const previousPath = join(dataDir, PREVIOUS_FILE);
  const pem = await readIfThere(path);
  if (pem === null) {
    const hint = "The first start makes one. A key that is given by variable is changed where it is kept.";
    throw new AppError(`There is no key in ${path} to rotate.`, { code: "refused", hint });
  }
  const { keyId: oldKeyId } = createSigner(pem, path);
  await link(path, previousPath).catch(async (error: NodeJS.ErrnoException) => {
    // An attempt that broke off after this step left the same key there.
    if (error.code === "EEXIST" && (await readIfThere(previousPath)) === pem) return;
    const hint = "Start Lockkeeper once, see that /audit shows audit.key_rotated, then remove that file and try again.";
    throw new AppError(`${previousPath} is there from an earlier rotation.`, { code: "refused", hint, cause: error });
  });
  const draft = `${path}.${randomUUID()}`;
  await createKeyFile(draft);
  const { vkey: newVkey } = createSigner(await readKeyFile(draft), draft);
  await rename(draft, path);
  return { oldKeyId, newVkey, previousPath };
}

async function readIfThere(path: string): Promise<string | null> {
  return readFile(path, "utf8").catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === "ENOENT") return null;
    throw unreadable(path, cause);
  });
}

async function readKeyFile(path: string): Promise<string> {
  return readFile(/* turbopackIgnore: true */ path, "utf8").catch((cause: unknown) => {
    throw unreadable(path, cause);
  });
}

function unreadable(path: string, cause: unknown): AppError {
  const hint = "Let the user that runs Lockkeeper read it, and nobody else.";
  return new AppError(`The audit signing key in ${path} cannot be read.`, { code: "unavailable", hint, cause });
}

/** Makes a key in a file that nobody else can read; where one is, it is left alone. */
async function createKeyFile(path: string): Promise<void> {
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
  let key: KeyObject;
  try {
    // Some ways to set a variable cannot hold a line break.
    key = createPrivateKey(pem.replaceAll("\\n", "\n"));
  } catch (cause) {
    throw new AppError(`${name} is not a private key in PEM form.`, { code: "unavailable", hint: HINT, cause });
  }
  if (key.asymmetricKeyType === "ed25519") return key;
  throw new AppError(`${name} is not an Ed25519 key.`, { code: "unavailable", hint: HINT });
}

/** First four bytes of SHA-256(name, line feed, type and key), as C2SP's signed-note says. */
export function computeKeyId(name: string, typedKey: Uint8Array): string {
  return createHash("sha256").update(`${name}\n`).update(typedKey).digest("hex").slice(0, 8);
}
