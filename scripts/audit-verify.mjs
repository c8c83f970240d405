#!/usr/bin/env node
/**
 * Verifies an export of Lockkeeper's audit trail, offline: this one file and Node (20 or newer) are all it needs. It shares no
 * code with Lockkeeper, so that an error there is not repeated here. The format is described in docs/audit-format/README.md.
 */
import crypto, { createHash, createPublicKey, verify } from "node:crypto";
import { createReadStream, readFileSync, realpathSync } from "node:fs";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";

const HELP = `Verifies an export of Lockkeeper's audit trail: nothing in it was edited, removed, added or put in another order.

  npm run audit:verify -- <export.jsonl> --key <keys.txt> [--checkpoint <checkpoints.txt>] [--partial] [--json]
  node audit-verify.mjs …        the same; the file works alone, anywhere, without a network

  <export.jsonl>          the export (GET /api/v1/audit), oldest event first; - reads standard input
  --key <file>            public keys that you trust, one a line (GET /api/v1/audit/key); may be repeated
  --checkpoint <file>     signed checkpoints kept from earlier, one or many; may be repeated
  --partial               the export is a part that begins later than the first event
  --json                  prints the result as one JSON object

Without a checkpoint, events that were cut off at the end cannot be noticed: keep checkpoints where the trail's owner cannot
change them. The keys, too, are worth what their source is worth: keep them from the day on which the trail began.

Exit code: 0 verified · 1 the trail is bad · 2 it could not be checked
`;

/** The check could not be made; that says nothing about the trail. */
export class NotChecked extends Error {}

const ED25519 = 0x01;
const HASH_LENGTH = 32;
const SIGNATURE_LENGTH = 64;
const SPKI_PREFIX = Buffer.from("302a300506032b6570032100", "hex");

/** A public key in C2SP's form, name+id+base64; null where it is not one, or its id is not its own. */
function parseVkey(text) {
  const [, name, id, encoded] = /^([^\p{White_Space}+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]{44})$/u.exec(text) ?? [];
  if (!name) return null;
  const typed = Buffer.from(encoded, "base64");
  const computed = createHash("sha256").update(`${name}\n`).update(typed).digest("hex").slice(0, 8);
  return typed[0] === ED25519 && computed === id ? { name, id, vkey: text, raw: typed.subarray(1) } : null;
}

function parseKeys({ name, text }) {
  const keys = [];
  for (const [index, untrimmed] of text.split("\n").entries()) {
    const line = untrimmed.trim();
    if (line === "" || line.startsWith("# ")) continue;
    const key = parseVkey(line);
    if (key === null) throw new NotChecked(`${name}, line ${index + 1}: ${keyAdvice(line)}`);
    keys.push(key);
  }
  if (keys.length === 0) throw new NotChecked(`${name} holds no key. Get the keys from /api/v1/audit/key.`);
  return keys;
}

function keyAdvice(line) {
  if (line.includes("PRIVATE KEY")) return "this is a private key. The public one is needed, from /api/v1/audit/key.";
  const form = "a public key is one line, lockkeeper+<8 hex digits>+<44 characters>, as /api/v1/audit/key gives it";
  if (line.includes("PUBLIC KEY")) return `PEM is not read here: ${form}.`;
  return `not a public key, or a damaged one: ${form}.`;
}

const keyObjects = new Map();

function toKeyObject(raw) {
  const id = raw.toString("latin1");
  let key = keyObjects.get(id);
  if (key === undefined) {
    key = createPublicKey({ key: Buffer.concat([SPKI_PREFIX, raw]), format: "der", type: "spki" });
    keyObjects.set(id, key);
  }
  return key;
}

function isSignedBy(raw, message, signature) {
  return verify(null, message, toKeyObject(raw), signature);
}

/** Decodes base64 in its one right spelling; null for any other. */
function decodeBase64(text) {
  const bytes = Buffer.from(text, "base64");
  return bytes.toString("base64") === text ? bytes : null;
}

const NOTE_SIGNATURE = /^— ([^\p{White_Space}+]+) (\S+)$/u;
// biome-ignore lint/suspicious/noControlCharactersInRegex: a note may hold no control character
const CONTROL = /[\u0000-\u001f]/;

/**
 * Every note of a file. They follow each other, with or without empty lines between a signature and the next note. One without
 * a whole signature was cut off while it was written: it proves nothing, and stops nobody from reading the others.
 */
function parseCheckpoints({ name, text }) {
  const lines = text.split("\n");
  const notes = [];
  let at = 0;
  while (at < lines.length) {
    if (lines[at] === "") {
      at += 1;
      continue;
    }
    const where = `${name}, line ${at + 1}`;
    const body = [];
    while (at < lines.length && lines[at] !== "") body.push(lines[at++]);
    at += 1;
    const signatures = [];
    while (at < lines.length && lines[at].startsWith("— ")) signatures.push(lines[at++]);
    notes.push(parseNote(where, body, signatures));
  }
  if (notes.every(({ isWhole }) => !isWhole)) {
    throw new NotChecked(`${name} holds no whole checkpoint, with a signature after an empty line.`);
  }
  return notes;
}

function parseNote(where, body, signatureLines) {
  const fail = (problem) => {
    throw new NotChecked(
      `${where}: the checkpoint that begins here is damaged: ${problem}. Use another copy of it, or leave it out.`,
    );
  };
  if ([...body, ...signatureLines].some((line) => line.endsWith("\r"))) fail("its lines end with CR LF, not with LF");
  if ([...body, ...signatureLines].some((line) => CONTROL.test(line))) fail("it contains a control character");
  const signatures = signatureLines.map(parseNoteSignature);
  if (!signatures.some((each) => each !== null && each.signature.length >= SIGNATURE_LENGTH)) {
    return { where, isWhole: false };
  }
  const [origin, sizeText, root] = body;
  const size = Number(sizeText);
  if (!/^(?:0|[1-9]\d*)$/.test(sizeText ?? "") || !Number.isSafeInteger(size)) fail("its second line is not a number");
  if (decodeBase64(root ?? "")?.length !== 32) fail("its third line is not a hash");
  if (signatures.includes(null)) fail("a signature cannot be read");
  return { where, isWhole: true, origin, size, root, text: `${body.join("\n")}\n`, signatures };
}

function parseNoteSignature(line) {
  const [, keyName, encoded] = NOTE_SIGNATURE.exec(line) ?? [];
  const bytes = decodeBase64(encoded ?? "");
  if (!keyName || bytes === null || bytes.length < 5) return null;
  return { keyName, keyId: bytes.toString("hex", 0, 4), signature: bytes.subarray(4) };
}

/** Whether a trusted key signed the note. A signature of a trusted key that is not valid condemns the whole note. */
function isTrustedNote(note, trusted) {
  let isSigned = false;
  for (const { keyName, keyId, signature } of note.signatures) {
    const key = trusted.get(keyId);
    if (key === undefined || key.name !== keyName) continue;
    if (signature.length !== SIGNATURE_LENGTH || !isSignedBy(key.raw, Buffer.from(note.text), signature)) {
      throw new NotChecked(
        `${note.where}: the signature of this checkpoint is not valid, so it proves nothing. Use another copy of it, or leave it out.`,
      );
    }
    if (key.name !== note.origin) throw new NotChecked(`${note.where}: this is a checkpoint of another log.`);
    isSigned = true;
  }
  return isSigned;
}

/** SHA-256 in hex. The function of one call came with Node 20.12; it makes no objects, which is most of the cost. */
const sha256 =
  crypto.hash === undefined
    ? (bytes) => createHash("sha256").update(bytes).digest("hex")
    : (bytes) => crypto.hash("sha256", bytes, "hex");

/** The tree of RFC 6962, of which only the roots of complete subtrees are kept, in hex. */
class MerkleTree {
  size = 0;
  #nodes = [];

  append(leafData) {
    let node = hashLeaf(leafData);
    for (let rest = this.size; rest % 2 === 1; rest = (rest - 1) / 2) node = hashNode(this.#nodes.pop(), node);
    this.#nodes.push(node);
    this.size += 1;
  }

  /** The root in base64. */
  root() {
    const root = this.size === 0 ? sha256("") : this.#nodes.reduceRight((right, left) => hashNode(left, right));
    return Buffer.from(root, "hex").toString("base64");
  }
}

// Used again for each, since to make them anew costs as much as to hash them.
const leaf = Buffer.alloc(1 + HASH_LENGTH, 0x00);
const pair = Buffer.alloc(1 + 2 * HASH_LENGTH, 0x01);

function hashLeaf(data) {
  leaf.write(data, 1, "hex");
  return sha256(leaf);
}

function hashNode(left, right) {
  pair.write(left, 1, "hex");
  pair.write(right, 1 + HASH_LENGTH, "hex");
  return sha256(pair);
}

const RECORD_LENGTH = HASH_LENGTH + SIGNATURE_LENGTH;
const BATCH_LENGTH = 100;
const WAITING_MAX = 4;
const WORKER_MARK = "lockkeeper audit signatures";

/** The index of the first record, a hash and its signature, that the key did not sign; -1 where it signed all. */
function findInvalid({ key, records }) {
  const keyObject = toKeyObject(Buffer.from(key));
  for (let at = 0; at < records.length; at += RECORD_LENGTH) {
    const signatureAt = at + HASH_LENGTH;
    const hash = records.subarray(at, signatureAt);
    if (!verify(null, hash, keyObject, records.subarray(signatureAt, at + RECORD_LENGTH))) return at / RECORD_LENGTH;
  }
  return -1;
}

/** A thread that checks batches, one after the other, in the order in which it got them. */
function startWorker() {
  const worker = new Worker(fileURLToPath(import.meta.url), { workerData: WORKER_MARK });
  const waiting = [];
  worker.on("message", (index) => waiting.shift().resolve(index));
  worker.on("error", (error) => {
    for (const { reject } of waiting.splice(0)) reject(error);
  });
  return {
    hasRoom: () => waiting.length < WAITING_MAX,
    check: (batch) =>
      new Promise((resolve, reject) => {
        waiting.push({ resolve, reject });
        worker.postMessage(batch);
      }),
    terminate: () => worker.terminate(),
  };
}

/**
 * Checks one signature for each line, in the order of the lines. That takes nearly all of the time, so from the first full
 * batch on it happens on every processor: this thread checks what the others have no room for.
 */
class SignatureQueue {
  /** The lowest number, from 1, of a line whose signature is known to be invalid. */
  firstBad = Number.POSITIVE_INFINITY;
  #key = null;
  #batch = Buffer.alloc(BATCH_LENGTH * RECORD_LENGTH);
  #count = 0;
  #firstOfBatch = 1;
  #workers = null;
  #running = new Set();

  add(key, { hash, signature }) {
    if (key !== this.#key) this.#check();
    this.#key = key;
    const at = this.#count * RECORD_LENGTH;
    this.#batch.write(hash, at, "hex");
    this.#batch.write(signature, at + HASH_LENGTH, "base64");
    this.#count += 1;
    if (this.#count < BATCH_LENGTH) return;
    this.#workers ??= Array.from({ length: availableParallelism() - 1 }, startWorker);
    this.#check();
  }

  /** Hears what the workers found meanwhile. */
  async hear() {
    if (this.#running.size > 0) await new Promise(setImmediate);
  }

  async finish() {
    this.#check();
    await Promise.all(this.#running);
  }

  async close() {
    await Promise.all((this.#workers ?? []).map((worker) => worker.terminate()));
  }

  /** Has what was added so far checked, here or elsewhere. */
  #check() {
    if (this.#count === 0) return;
    const first = this.#firstOfBatch;
    const batch = { key: this.#key, records: this.#batch.subarray(0, this.#count * RECORD_LENGTH) };
    this.#firstOfBatch += this.#count;
    this.#count = 0;
    const worker = this.#workers?.find((each) => each.hasRoom());
    if (worker === undefined) return this.#noteInvalid(first, findInvalid(batch));
    const job = worker.check(batch).then((index) => {
      this.#running.delete(job);
      this.#noteInvalid(first, index);
    });
    // Whoever waits for it sees the failure; until then it must not end the process.
    job.catch(() => {});
    this.#running.add(job);
  }

  #noteInvalid(first, index) {
    if (index !== -1) this.firstBad = Math.min(this.firstBad, first + index);
  }
}

const LINE_LENGTH_MAX = 16 * 1024 * 1024;

/** The lines of a stream, some at a time. A line that is longer than any can be is the last one. */
async function* splitLines(chunks) {
  let parts = [];
  let length = 0;
  for await (const data of chunks) {
    const chunk = Buffer.isBuffer(data) ? data : Buffer.from(data);
    const lines = [];
    let start = 0;
    for (let end = chunk.indexOf(0x0a); end !== -1; end = chunk.indexOf(0x0a, start)) {
      const part = chunk.subarray(start, end);
      lines.push(parts.length === 0 ? part : Buffer.concat([...parts, part]));
      parts = [];
      length = 0;
      start = end + 1;
    }
    parts.push(chunk.subarray(start));
    length += chunk.length - start;
    yield lines;
    if (length > LINE_LENGTH_MAX) break;
  }
  if (length > 0) yield [Buffer.concat(parts)];
}

// The last character of 64 bytes in base64 has four spare bits: of the spellings of a signature only the right one is taken.
const LINE_HEAD =
  /^\{"v":1,"seq":([1-9]\d{0,15}),"prevHash":"([0-9a-f]{64})","hash":"([0-9a-f]{64})","signature":"([A-Za-z0-9+/]{85}[AQgw]==)","keyId":"([0-9a-f]{8})","event":(?=\{)/;
const LINE_HEAD_LENGTH_MAX = 400;
const OPENING_BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;

/** The parts of a line; null where it is not one. The event is bytes: text would make some different bytes equal. */
function parseLine(line) {
  if (line.length > LINE_LENGTH_MAX || line[line.length - 1] !== CLOSING_BRACE) return null;
  const head = LINE_HEAD.exec(line.toString("latin1", 0, LINE_HEAD_LENGTH_MAX));
  if (head === null) return null;
  const [{ length }, seq, prevHash, hash, signature, keyId] = head;
  const event = line.subarray(length, -1);
  const value = parseJson(event);
  return value === null ? null : { seq, prevHash, hash, signature, keyId, event, value };
}

const HASH_TEXT_LENGTH = 64;
const SIGNATURE_TEXT_LENGTH = 88;
const AFTER_HASH = '","signature":"';

/**
 * The same for a line that is what must come next: each part has its place, so it is enough to compare. Null for any other line,
 * also for a right one that is unusual; what is wrong with it is not said here.
 */
function parseNextLine(line, { seq, prevHash, keyId }) {
  const beforeHash = `{"v":1,"seq":${seq},"prevHash":"${prevHash}","hash":"`;
  const afterSignature = `","keyId":"${keyId}","event":`;
  const signatureAt = beforeHash.length + HASH_TEXT_LENGTH + AFTER_HASH.length;
  const eventAt = signatureAt + SIGNATURE_TEXT_LENGTH + afterSignature.length;
  const end = line.length - 1;
  if (line.length > LINE_LENGTH_MAX || line[eventAt] !== OPENING_BRACE || line[end] !== CLOSING_BRACE) return null;
  const event = line.subarray(eventAt, end);
  const hash = hashEvent({ prevHash, event }, seq);
  const head = line.toString("latin1", 0, eventAt);
  if (!head.startsWith(beforeHash + hash + AFTER_HASH) || !head.endsWith(afterSignature)) return null;
  const signature = head.slice(signatureAt, signatureAt + SIGNATURE_TEXT_LENGTH);
  const value = decodeBase64(signature)?.length === SIGNATURE_LENGTH ? parseJson(event) : null;
  return value === null ? null : { seq: String(seq), prevHash, hash, signature, keyId, event, value };
}

function parseJson(bytes) {
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch {
    return null;
  }
}

function describeNoLine(line) {
  if (line.length > LINE_LENGTH_MAX) return `This line is longer than ${LINE_LENGTH_MAX} bytes; no event is.`;
  if (line.length === 0) return "This line is empty.";
  if (line.at(-1) === 0x0d) return "This line ends with CR LF. The export must be as it was downloaded, with LF alone.";
  if (line[0] === 0xef) return "A byte order mark was put in front. The export must be as it was downloaded.";
  return "This is not a line of an audit trail.";
}

const ROTATED = "audit.key_rotated";
const NO_HASH = "0".repeat(64);
const GIVE_KEY = "if it should be, give it with --key.";

/** Follows the trail line by line and remembers only where it stands. */
class Trail {
  tree = new MerkleTree();
  lineCount = 0;
  firstSeq = 1;
  lastAt = null;
  lastHash = null;
  notices = [];
  usage = new Map();
  #lastKeyId = null;
  #trusted;
  #isPartAllowed;
  #signatures;

  constructor({ trusted, isPartAllowed, signatures }) {
    this.#trusted = trusted;
    this.#isPartAllowed = isPartAllowed;
    this.#signatures = signatures;
  }

  get isPart() {
    return this.firstSeq > 1 || (this.#isPartAllowed && this.lineCount === 0);
  }

  /** Most lines follow the one before them in every respect, and bear the same key. */
  #parseNext(bytes) {
    if (this.#lastKeyId === null) return null;
    const seq = this.firstSeq + this.lineCount;
    return parseNextLine(bytes, { seq, prevHash: this.lastHash, keyId: this.#lastKeyId });
  }

  /** Takes the next line; says what is wrong with it, or null. Its signature is only queued. */
  add(bytes) {
    const next = this.#parseNext(bytes);
    const line = next ?? parseLine(bytes);
    if (line === null) return describeNoLine(bytes);
    if (this.lineCount === 0 && this.#isPartAllowed) this.#beginAt(line);
    const seq = this.firstSeq + this.lineCount;
    if (next === null) {
      if (line.seq !== String(seq)) return this.#describeWrongSeq(line.seq);
      if (line.prevHash !== (this.lastHash ?? NO_HASH)) return "It does not follow the event before it.";
      if (hashEvent(line, seq) !== line.hash) return "Its hash is not the hash of what it says.";
    }
    const problem = line.value.action === ROTATED ? this.#rotateKey(line, seq) : null;
    if (problem !== null) return problem;
    const key = this.#trusted.get(line.keyId);
    if (key === undefined) return `Its key ${line.keyId} is not trusted: ${GIVE_KEY}`;
    this.#signatures.add(key.raw, line);
    this.#countUse(key, seq, line.value.action);
    this.lineCount += 1;
    this.lastHash = line.hash;
    this.#lastKeyId = line.keyId;
    this.lastAt = line.value.at;
    this.tree.append(line.hash);
    return null;
  }

  #beginAt({ seq, prevHash }) {
    if (seq === "1" || !Number.isSafeInteger(Number(seq))) return;
    this.firstSeq = Number(seq);
    this.lastHash = prevHash;
  }

  #describeWrongSeq(seq) {
    if (this.lineCount > 0) return `Here stands event ${seq}: events are missing, repeated or out of order.`;
    return `The export begins with event ${seq}. If it is a part on purpose, say --partial.`;
  }

  /** A new key is trusted from here on if a trusted key signed for it. A key that was given is trusted anyway. */
  #rotateKey({ keyId, value }, seq) {
    const { previousKeyId, previousVkey, newKeyId, newVkey, previousSignature } = value.details ?? {};
    const previous = parseVkey(String(previousVkey));
    const added = parseVkey(String(newVkey));
    if (previous?.id !== previousKeyId || added?.id !== newKeyId || newKeyId !== keyId || newVkey === previousVkey) {
      return "It tells of a new signing key, but not of the one it is signed with.";
    }
    const known = this.#trusted.get(keyId);
    if (known !== undefined && known.vkey !== newVkey) return "It tells of a new signing key with the id of another.";
    if (previousSignature === null) {
      if (known === undefined) return `Its key ${keyId} is new, and the key before it did not sign for it: ${GIVE_KEY}`;
      this.notice(seq, `key ${keyId} begins; the key before it did not sign for it, but you gave it.`);
      return null;
    }
    const signature = decodeBase64(String(previousSignature));
    const message = Buffer.from(`lockkeeper key rotation\n${previousVkey}\n${newVkey}\n`);
    if (signature?.length !== SIGNATURE_LENGTH || !isSignedBy(previous.raw, message, signature)) {
      return "It tells of a new signing key, but the signature of the key before it is not valid.";
    }
    if (known !== undefined) return null;
    if (this.#trusted.get(previous.id)?.vkey !== previousVkey) {
      return `Its key ${keyId} is new, and key ${previous.id}, which signed for it, is not trusted: ${GIVE_KEY}`;
    }
    this.#trusted.set(keyId, { ...added, rotationSeq: seq });
    return null;
  }

  #countUse({ id: keyId, name, rotationSeq = null }, seq, action) {
    const use = this.usage.get(keyId) ?? { name, keyId, events: 0, firstSeq: seq, lastSeq: seq, rotationSeq };
    if (use.events === 0 && this.lineCount > 0 && action !== ROTATED) {
      this.notice(seq, `key ${keyId} begins, and no event introduces it, but you gave it.`);
    }
    use.events += 1;
    use.lastSeq = seq;
    this.usage.set(keyId, use);
  }

  /** What the reader should know; `seq` is null where it is not about an event. */
  notice(seq, text) {
    this.notices.push({ seq, text });
  }
}

const HASHED_HEAD_LENGTH = HASH_LENGTH + 8;
let hashed = Buffer.alloc(64 * 1024);

/** Over the hash before it, its number and its bytes. */
function hashEvent({ prevHash, event }, seq) {
  const length = HASHED_HEAD_LENGTH + event.length;
  if (length > hashed.length) hashed = Buffer.alloc(2 * length);
  hashed.write(prevHash, 0, "hex");
  hashed.writeUInt32BE(Math.floor(seq / 2 ** 32), HASH_LENGTH);
  hashed.writeUInt32BE(seq % 2 ** 32, HASH_LENGTH + 4);
  hashed.set(event, HASHED_HEAD_LENGTH);
  return sha256(hashed.subarray(0, length));
}

/** Checkpoints to compare with, and the roots that the export itself has at their sizes. */
class Comparison {
  #notes;
  #roots;
  #trusted;

  /** `trusted` may grow until `judge`: a checkpoint may be signed with a key that a later event introduces. */
  constructor(notes, trusted) {
    this.#trusted = trusted;
    this.#notes = notes.map((note) => ({ ...note, isTrusted: isTrustedNote(note, trusted) }));
    this.#roots = new Map(notes.map(({ size }) => [size, null]));
  }

  get count() {
    return this.#notes.length;
  }

  get sizeMax() {
    return this.#notes.reduce((max, { size }) => Math.max(max, size), 0);
  }

  look(tree) {
    if (this.#roots.has(tree.size)) this.#roots.set(tree.size, tree.root());
  }

  /** The first contradiction, or null. An unknown signer is told only when there is none. */
  judge(lineCount) {
    const notes = this.#notes.map((note) => ({
      ...note,
      isTrusted: note.isTrusted || isTrustedNote(note, this.#trusted),
      agrees: this.#roots.get(note.size) === note.root,
    }));
    const trusted = notes.filter(({ isTrusted }) => isTrusted).sort((a, b) => a.size - b.size);
    const wrong = trusted.find(({ agrees }) => !agrees);
    if (wrong !== undefined) return describeContradiction(wrong, trusted, lineCount);
    const unknown = notes.find(({ isTrusted }) => !isTrusted);
    if (unknown === undefined) return null;
    throw new NotChecked(
      `${unknown.where}: no trusted key signed this checkpoint. If its signer should be trusted, give its key with --key.`,
    );
  }
}

function describeContradiction({ size, where }, trusted, lineCount) {
  if (size > lineCount) {
    const problem = `Truncated: the checkpoint of ${size} events (${where}) knows more than this export, which has ${lineCount}.`;
    return { seq: lineCount + 1, line: null, problem };
  }
  const before = trusted.filter((note) => note.agrees && note.size < size).at(-1);
  const problem = `Forked or rewritten at or before event ${size}: the checkpoint of ${size} events (${where}) has another root.`;
  const hint = before === undefined ? "" : ` Up to event ${before.size} it agrees with another checkpoint.`;
  return { seq: size, line: null, problem: problem + hint };
}

/**
 * Verifies the chunks of an export with key and checkpoint files, each as name and text. Resolves with a verdict, verified or
 * bad; rejects with NotChecked where there can be none.
 */
export async function verifyExport(chunks, { keys, checkpoints = [], isPartAllowed = false }) {
  const trusted = collectKeys(keys);
  const notes = checkpoints.flatMap(parseCheckpoints);
  const comparison = new Comparison(
    notes.filter(({ isWhole }) => isWhole),
    trusted,
  );
  const signatures = new SignatureQueue();
  const trail = new Trail({ trusted, isPartAllowed, signatures });
  for (const { where } of notes.filter(({ isWhole }) => !isWhole)) {
    trail.notice(null, `${where}: a checkpoint without a whole signature was left out.`);
  }
  try {
    const problem = await follow(chunks, trail, signatures, comparison);
    return conclude(trail, comparison, findFirstBad(trail, signatures, problem));
  } finally {
    await signatures.close();
  }
}

/** The lowest line that is wrong, because a signature is checked later than the rest of its line. */
function findFirstBad({ isPart, firstSeq, lineCount }, { firstBad }, problem) {
  if (firstBad <= lineCount) {
    return { seq: firstSeq + firstBad - 1, line: firstBad, problem: "Its signature is not valid." };
  }
  if (problem === null) return null;
  const isNumberKnown = !isPart || firstSeq > 1;
  return { seq: isNumberKnown ? firstSeq + lineCount : null, line: lineCount + 1, problem };
}

function collectKeys(files) {
  const trusted = new Map();
  for (const key of files.flatMap(parseKeys)) {
    const known = trusted.get(key.id);
    if (known !== undefined && known.vkey !== key.vkey) {
      throw new NotChecked(`Two different keys with the id ${key.id} were given. Give only the one that you trust.`);
    }
    trusted.set(key.id, key);
  }
  if (trusted.size === 0) throw new NotChecked("No key was given. Name a file of public keys with --key.");
  return trusted;
}

/** Reads until the end, or until the first line that is wrong; resolves with what is wrong about it. */
async function follow(chunks, trail, signatures, comparison) {
  comparison.look(trail.tree);
  let problem = null;
  for await (const lines of splitLines(chunks)) {
    for (const line of lines) {
      problem = trail.add(line);
      if (problem !== null) break;
      comparison.look(trail.tree);
    }
    if (problem !== null || signatures.firstBad <= trail.lineCount) break;
    await signatures.hear();
  }
  await signatures.finish();
  return problem;
}

function conclude(trail, comparison, bad) {
  const { isPart, firstSeq, lineCount, lastHash, lastAt, notices } = trail;
  const wrong = bad ?? (isPart ? null : comparison.judge(lineCount));
  if (wrong !== null) {
    return {
      verdict: "bad",
      ...wrong,
      notices: notices.filter(({ seq }) => seq === null || (wrong.seq !== null && seq < wrong.seq)),
    };
  }
  if (isPart && comparison.count > 0) {
    throw new NotChecked(
      "A part of the trail cannot be compared with checkpoints: export the whole trail, or leave them out.",
    );
  }
  return {
    verdict: "verified",
    events: lineCount,
    firstSeq: lineCount === 0 ? null : firstSeq,
    lastSeq: lineCount === 0 ? null : firstSeq + lineCount - 1,
    headHash: lastHash,
    root: isPart ? null : trail.tree.root(),
    lastEventAt: typeof lastAt === "string" ? lastAt : null,
    keys: [...trail.usage.values()],
    checkpoints: { count: comparison.count, sizeMax: comparison.sizeMax },
    notices,
  };
}

function formatVerdict(verdict) {
  const notices = verdict.notices.map(({ seq, text }) => `Note: ${seq === null ? "" : `at event ${seq}, `}${text}`);
  if (verdict.verdict === "bad") {
    const seq = verdict.seq === null ? "" : ` at event ${verdict.seq}`;
    const line = verdict.line === null ? "" : ` (line ${verdict.line})`;
    const before = verdict.line > 1 ? ["What stands before it is sound; from it on, nothing is proven."] : [];
    return [`BAD${seq}${line}: ${verdict.problem}`, ...before, ...notices];
  }
  const { events, firstSeq, lastSeq, headHash, root, lastEventAt, keys, checkpoints } = verdict;
  const facts = [
    ["head hash", headHash],
    ["root", root],
    ["last event", lastEventAt],
    ...keys.map((key) => ["key", describeKey(key)]),
    [
      "checkpoints",
      checkpoints.count === 0 ? null : `${checkpoints.count} agree, the newest of ${checkpoints.sizeMax} events`,
    ],
  ].filter(([, value]) => value !== null);
  const isPart = firstSeq !== null && firstSeq > 1;
  return [
    `Verified: ${events} ${events === 1 ? "event" : "events"}${events === 0 ? "" : `, ${firstSeq} to ${lastSeq}`}.`,
    ...facts.map(([name, value]) => `  ${name.padEnd(11)}  ${value}`),
    ...notices,
    ...(isPart ? [`Note: what is before event ${firstSeq} was not checked, nor that this part follows it.`] : []),
    ...(checkpoints.count === 0 ? ["Note: without a checkpoint, events cut off at the end are not noticed."] : []),
  ];
}

function describeKey({ name, keyId, events, firstSeq, lastSeq, rotationSeq }) {
  const trust = rotationSeq === null ? "given" : `introduced by event ${rotationSeq}`;
  return `${name}+${keyId} (${trust}) signed ${events}, from event ${firstSeq} to ${lastSeq}`;
}

const OPTIONS = {
  key: { type: "string", multiple: true },
  checkpoint: { type: "string", multiple: true },
  partial: { type: "boolean" },
  json: { type: "boolean" },
  help: { type: "boolean", short: "h" },
};

function readOptions(args) {
  try {
    const { values, positionals } = parseArgs({ args, options: OPTIONS, allowPositionals: true });
    if (values.help) return { isHelp: true };
    if (positionals.length !== 1) throw new Error("Name exactly one export");
    return { isHelp: false, file: positionals[0], ...values };
  } catch (error) {
    throw new NotChecked(`${error.message.split(". ")[0]}. See --help.`, { cause: error });
  }
}

function readText(name) {
  try {
    return { name, text: readFileSync(name, "utf8") };
  } catch (error) {
    throw new NotChecked(`${name} cannot be read: ${error.message}`, { cause: error });
  }
}

async function* readChunks(file) {
  try {
    yield* file === "-" ? process.stdin : createReadStream(file, { highWaterMark: 256 * 1024 });
  } catch (error) {
    throw new NotChecked(`${file === "-" ? "Standard input" : file} cannot be read: ${error.message}`, {
      cause: error,
    });
  }
}

async function main(args) {
  const isJson = args.includes("--json");
  try {
    const { isHelp, file, key = [], checkpoint = [], partial = false } = readOptions(args);
    if (isHelp) {
      process.stdout.write(HELP);
      return 0;
    }
    const keys = key.map(readText);
    const checkpoints = checkpoint.map(readText);
    const verdict = await verifyExport(readChunks(file), { keys, checkpoints, isPartAllowed: partial });
    process.stdout.write(isJson ? `${JSON.stringify(verdict)}\n` : toPlainText(formatVerdict(verdict)));
    return verdict.verdict === "verified" ? 0 : 1;
  } catch (error) {
    const problem = error instanceof NotChecked ? error.message : `The verifier itself failed: ${error.stack}`;
    if (isJson) process.stdout.write(`${JSON.stringify({ verdict: "not_checked", problem })}\n`);
    else process.stderr.write(toPlainText([`Not checked: ${problem}`]));
    return 2;
  }
}

/** Names of files and keys are other people's text, and must not steer a terminal. */
function toPlainText(lines) {
  return lines.map((line) => `${line.replace(/[^\P{C}\n]|[\p{Zl}\p{Zp}]/gu, "?")}\n`).join("");
}

function isStartedByName() {
  try {
    return realpathSync(process.argv[1]) === realpathSync(fileURLToPath(import.meta.url));
  } catch {
    return false;
  }
}

if (!isMainThread && workerData === WORKER_MARK) {
  parentPort.on("message", (batch) => parentPort.postMessage(findInvalid(batch)));
} else if (isMainThread && isStartedByName()) {
  // A reader that went away (… | head) changes nothing about the verdict.
  process.stdout.on("error", () => {});
  // Whatever ends the process before there is a verdict, it was not checked.
  process.exitCode = 2;
  process.exitCode = await main(process.argv.slice(2));
}
