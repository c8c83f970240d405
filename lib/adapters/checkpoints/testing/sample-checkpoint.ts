import { createHash, generateKeyPairSync } from "node:crypto";
import { loadAuditSigner } from "#lib/adapters/db/signing-key.ts";
import { formatCheckpoint, formatNote } from "#lib/domain/signed-note.ts";
import type { Checkpoint } from "#lib/services/ports/trail.ts";

const pem = generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }).toString();

/** For tests: a signed checkpoint of `size` events whose root follows from `story`. */
export async function sampleCheckpoint(size: number, story = "as it was"): Promise<Checkpoint> {
  const signer = await loadAuditSigner({ pem, dataDir: "" });
  const root = new Uint8Array(createHash("sha256").update(`${story} ${size}`).digest());
  const { keyName, keyId } = signer;
  const body = formatCheckpoint({ origin: keyName, size, root });
  const note = formatNote(body, [{ keyName, keyId, signature: signer.sign(new TextEncoder().encode(body)) }]);
  return { size, root, note, keyId, atMs: 1_000 };
}
