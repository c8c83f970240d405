import { createHash, generateKeyPairSync } from "node:crypto";
import {
  type AuditRecord,
  computeEventHash,
  encodeEvent,
  FIRST_PREV_HASH,
  formatAuditLine,
} from "#lib/adapters/db/audit-line.ts";
import { type AuditSigner, loadAuditSigner } from "#lib/adapters/db/signing-key.ts";
import { HOSTILE, sampleEntry } from "#lib/adapters/db/testing/samples.ts";
import { createMerkleTree } from "#lib/domain/merkle-tree.ts";
import { formatCheckpoint, formatNote } from "#lib/domain/signed-note.ts";
import type { AuditEntry } from "#lib/services/ports/trail.ts";
import type { NamedText } from "#scripts/audit-verify.mjs";

export type Step = { readonly entry: AuditEntry; readonly signer: AuditSigner };

export async function newSigner(): Promise<AuditSigner> {
  const pem = generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  return loadAuditSigner({ pem, dataDir: "" });
}

/** Steps of one signer that quote what an export must survive: its own marks, text that ends lines, a damaged character. */
export function sampleSteps(count: number, signer: AuditSigner, mark = "a"): Step[] {
  return Array.from({ length: count }, (_, index) => {
    const details = { index, mark, text: `grüße \ufffd ${HOSTILE} {"seq":9,"event":{"a":1}},"event":{}` };
    return { signer, entry: sampleEntry({ atMs: 1_000 + index, details }) };
  });
}

/** The event that introduces a key, as the product writes it. */
export function rotationStep(previous: AuditSigner, next: AuditSigner, over: Record<string, unknown> = {}): Step {
  const message = new TextEncoder().encode(`lockkeeper key rotation\n${previous.vkey}\n${next.vkey}\n`);
  const previousSignature = Buffer.from(previous.sign(message)).toString("base64");
  const keys = { previousKeyId: previous.keyId, previousVkey: previous.vkey, newKeyId: next.keyId, newVkey: next.vkey };
  const details = { ...keys, previousSignature, ...over };
  return { signer: next, entry: sampleEntry({ action: "audit.key_rotated", details }) };
}

/** Appends to a trail as the product does. */
export function buildRecords(steps: readonly Step[], after: readonly AuditRecord[] = []): AuditRecord[] {
  const records = [...after];
  for (const { entry, signer } of steps) {
    records.push(buildRecord(encodeEvent(entry), signer, records.length + 1, records.at(-1)?.hash));
  }
  return records;
}

export function buildRecord(
  event: Uint8Array,
  { keyId, sign }: Pick<AuditSigner, "keyId" | "sign">,
  seq: number,
  prevHash: Uint8Array = FIRST_PREV_HASH,
): AuditRecord {
  const hash = computeEventHash(prevHash, seq, event);
  return { seq, event, prevHash, hash, signature: sign(hash), keyId };
}

export function formatExport(records: readonly AuditRecord[]): Buffer {
  return Buffer.from(records.map((record) => `${formatAuditLine(record)}\n`).join(""));
}

/** The checkpoint of the first `size` records. */
export function checkpointOf(records: readonly AuditRecord[], size: number, signer: AuditSigner): string {
  const tree = createMerkleTree((bytes) => new Uint8Array(createHash("sha256").update(bytes).digest()));
  for (const { hash } of records.slice(0, size)) tree.append(hash);
  const body = formatCheckpoint({ origin: signer.keyName, size, root: tree.root() });
  return signNote(body, signer);
}

export function signNote(body: string, { keyName, keyId, sign }: AuditSigner): string {
  return formatNote(body, [{ keyName, keyId, signature: sign(new TextEncoder().encode(body)) }]);
}

export function keyFile(...signers: readonly AuditSigner[]): NamedText {
  return { name: "keys.txt", text: signers.map(({ vkey }) => `${vkey}\n`).join("") };
}

export function checkpointFile(...notes: readonly string[]): NamedText {
  return { name: "checkpoints.txt", text: notes.join("\n") };
}
