import { createHash, createPublicKey, type KeyObject, verify } from "node:crypto";
import type { NoteSignature } from "#lib/domain/signed-note.ts";
import type { AuditEntry } from "#lib/services/ports/trail.ts";
import { computeKeyId } from "./signing-key.ts";

// A line of the trail is one JSON object:
//   {"v":1,"seq":7,"prevHash":"…","hash":"…","signature":"…","keyId":"…","event":{"at":…,"action":…,…}}
// `event` is always last, and its bytes are stored, never made again: they are what is hashed. So whoever verifies needs no
// canonical form: cut the line after the first `,"event":` and drop the last brace; what is left, as UTF-8, is the event.
//   hash = SHA-256(prevHash as 32 bytes, seq as 8 bytes big-endian, event)   with prevHash of the first line all zero
//   signature = Ed25519(hash as 32 bytes), in base64, by the key whose vkey carries keyId
const LINE =
  /^\{"v":1,"seq":([1-9]\d{0,15}),"prevHash":"([0-9a-f]{64})","hash":"([0-9a-f]{64})","signature":"([A-Za-z0-9+/]{86}==)","keyId":"([0-9a-f]{8})","event":(\{.*\})\}$/su;

export const FIRST_PREV_HASH = new Uint8Array(32);

export type AuditRecord = {
  readonly seq: number;
  readonly event: Uint8Array;
  readonly prevHash: Uint8Array;
  readonly hash: Uint8Array;
  readonly signature: Uint8Array;
  readonly keyId: string;
};

/** The bytes that are hashed and kept for an event. All that could end a line or steer a terminal is escaped. */
export function encodeEvent(entry: AuditEntry): Uint8Array<ArrayBuffer> {
  const { action, actor, requestId, unlockId, details } = entry;
  const at = new Date(entry.atMs).toISOString();
  const json = JSON.stringify({ at, action, actor, requestId, unlockId, details }, toJsonValue);
  return new TextEncoder().encode(escapeEventText(json));
}

/** JSON text with everything escaped that could end a line or steer a terminal; it still means the same. */
export function escapeEventText(json: string): string {
  return json.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, escapeUnits);
}

function toJsonValue(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? value.toString() : value;
}

function escapeUnits(character: string): string {
  return Array.from({ length: character.length }, (_, index) => {
    return `\\u${character.charCodeAt(index).toString(16).padStart(4, "0")}`;
  }).join("");
}

export function computeEventHash(prevHash: Uint8Array, seq: number, event: Uint8Array): Uint8Array<ArrayBuffer> {
  const seqBytes = Buffer.alloc(8);
  seqBytes.writeBigInt64BE(BigInt(seq));
  return new Uint8Array(createHash("sha256").update(prevHash).update(seqBytes).update(event).digest());
}

export function formatAuditLine(record: AuditRecord): string {
  const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
  const head = `"seq":${record.seq},"prevHash":"${hex(record.prevHash)}","hash":"${hex(record.hash)}"`;
  const seal = `"signature":"${Buffer.from(record.signature).toString("base64")}","keyId":"${record.keyId}"`;
  return `{"v":1,${head},${seal},"event":${Buffer.from(record.event).toString("utf8")}}`;
}

export type AuditVerdict =
  | { readonly verdict: "ok"; readonly seq: number; readonly hash: string }
  | { readonly verdict: "broken"; readonly seq: number; readonly problem: string };

/**
 * Verifies exported lines, oldest first, with the public keys that the reader trusts. With `afterSeq` the export began later,
 * and what its first line builds on is not checked. Without an older head to compare, a cut-off end cannot be noticed.
 */
export function verifyLines(lines: readonly string[], vkeys: readonly string[], afterSeq = 0): AuditVerdict {
  const keys = new Map(vkeys.map(parseVkey));
  let seq = afterSeq;
  let prevHash = afterSeq === 0 ? Buffer.from(FIRST_PREV_HASH).toString("hex") : null;
  for (const line of lines) {
    seq += 1;
    const problem = findProblem(line, { seq, prevHash, keys });
    if (problem !== null) return { verdict: "broken", seq, problem };
    prevHash = LINE.exec(line)?.[3] ?? null;
  }
  return { verdict: "ok", seq, hash: prevHash ?? "" };
}

type Expected = {
  readonly seq: number;
  readonly prevHash: string | null;
  readonly keys: ReadonlyMap<string, KeyObject>;
};

function findProblem(line: string, expected: Expected): string | null {
  const [, seq, prevHash, hash, signature, keyId, event] = LINE.exec(line) ?? [];
  if (!seq || !prevHash || !hash || !signature || !keyId || !event) return "It is not a line of an audit trail.";
  if (Number(seq) !== expected.seq) return `It says seq ${seq}: lines are missing, repeated or out of order.`;
  if (expected.prevHash !== null && prevHash !== expected.prevHash) return "It does not follow the line before it.";
  const computed = computeEventHash(Buffer.from(prevHash, "hex"), expected.seq, Buffer.from(event, "utf8"));
  if (Buffer.from(computed).toString("hex") !== hash) return "Its hash is not the hash of what it says.";
  const key = expected.keys.get(keyId);
  if (key === undefined) return `Its key ${keyId} is not among the given keys.`;
  const bytes = Buffer.from(signature, "base64");
  // The last character has spare bits: only the one right spelling is accepted.
  if (bytes.toString("base64") !== signature || !verify(null, computed, key, bytes))
    return "Its signature is not valid.";
  return null;
}

/** Whether one of these keys signed this note; a signature by another key says nothing. */
export function isNoteSignedBy(
  note: { readonly body: string; readonly signatures: readonly NoteSignature[] },
  vkeys: readonly string[],
): boolean {
  const keys = new Map(vkeys.map(parseVkey));
  return note.signatures.some(({ keyId, signature }) => {
    const key = keys.get(keyId);
    return key !== undefined && verify(null, Buffer.from(note.body), key, signature);
  });
}

const SPKI_PREFIX = Buffer.from("302a300506032b6570032100", "hex");

function parseVkey(vkey: string): [string, KeyObject] {
  const [, name, keyId, encoded] = /^([^+\s]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)$/.exec(vkey) ?? [];
  const typed = Buffer.from(encoded ?? "", "base64");
  if (!name || !keyId || typed.length !== 33 || typed[0] !== 0x01 || computeKeyId(name, typed) !== keyId) {
    throw new Error(`Not an Ed25519 key in C2SP form: ${vkey}`);
  }
  return [
    keyId,
    createPublicKey({ key: Buffer.concat([SPKI_PREFIX, typed.subarray(1)]), format: "der", type: "spki" }),
  ];
}
