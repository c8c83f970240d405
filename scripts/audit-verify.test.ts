import { beforeAll, expect, test } from "vitest";
import type { AuditRecord } from "#lib/adapters/db/audit-line.ts";
import type { AuditSigner } from "#lib/adapters/db/signing-key.ts";
import { verifyExport } from "./audit-verify.mjs";
import {
  buildRecord,
  buildRecords,
  checkpointFile,
  checkpointOf,
  formatExport,
  keyFile,
  newSigner,
  sampleSteps,
} from "./testing/audit-export.ts";

let signer: AuditSigner;
let stranger: AuditSigner;
let records: readonly AuditRecord[];
let lines: readonly string[];
beforeAll(async () => {
  [signer, stranger] = [await newSigner(), await newSigner()];
  records = buildRecords(sampleSteps(7, signer));
  lines = formatExport(records).toString().trimEnd().split("\n");
});

/** Verifies text or bytes that arrive in small pieces, with the key that signed unless others are given. */
function verify(data: string | Uint8Array, trust: Partial<Parameters<typeof verifyExport>[1]> = {}) {
  const bytes = Buffer.from(data);
  const length = Math.max(100, Math.ceil(bytes.length / 100));
  const pieces = Array.from({ length: 100 }, (_, at) => bytes.subarray(at * length, (at + 1) * length));
  return verifyExport(pieces, { keys: [keyFile(signer)], ...trust });
}

const edit = (index: number, change: (line: string) => string) =>
  lines.with(index, change(lines[index] ?? "")).join("\n");

test("verifies a whole trail, and tells its head, root, keys and last time", async () => {
  const verdict = await verify(formatExport(records));

  expect(verdict).toEqual({
    verdict: "verified",
    events: 7,
    firstSeq: 1,
    lastSeq: 7,
    headHash: Buffer.from(records[6]?.hash ?? []).toString("hex"),
    root: checkpointOf(records, 7, signer).split("\n")[2],
    lastEventAt: "1970-01-01T00:00:01.006Z",
    keys: [{ name: "lockkeeper", keyId: signer.keyId, events: 7, firstSeq: 1, lastSeq: 7, rotationSeq: null }],
    checkpoints: { count: 0, sizeMax: 0 },
    notices: [],
  });
});

test("a last line without its line break, and a trail without events, verify", async () => {
  expect(await verify(lines.join("\n"))).toMatchObject({ verdict: "verified", events: 7 });
  expect(await verify("")).toMatchObject({ verdict: "verified", events: 0, headHash: null });
});

test.each([
  ["an edited event", () => edit(2, (line) => line.replace('"index":2', '"index":3')), 3, "hash of what it says"],
  ["an edited hash", () => edit(2, (line) => line.replace(/"hash":"./, '"hash":"x')), 3, "not a line"],
  [
    "an edited link",
    () => edit(2, (line) => line.replace(/("prevHash":")(.{64})/, `$1${"0".repeat(64)}`)),
    3,
    "follow",
  ],
  ["an edited signature", () => edit(2, (line) => line.replace(/("signature":")./, "$1")), 3, "not a line"],
  [
    "another line's signature",
    () => edit(2, (line) => line.replace(/"signature":"[^"]+"/, signatureOf(3))),
    3,
    "signature is not valid",
  ],
  [
    "spare bits in a signature",
    () => edit(2, (line) => line.replace(/(.)==","keyId/, (_, last) => `${spare(last)}==","keyId`)),
    3,
    "not a line",
  ],
  [
    "another key's id",
    () => edit(2, (line) => line.replace(/"keyId":"[^"]+"/, `"keyId":"${stranger.keyId}"`)),
    3,
    "not trusted",
  ],
  ["a key that is written twice", () => edit(2, (line) => line.replace('"v":1', '"v":1,"seq":3')), 3, "not a line"],
  ["another format version", () => edit(2, (line) => line.replace('"v":1', '"v":2')), 3, "not a line"],
  ["another last character", () => edit(2, (line) => line.replace(/\}$/, "]")), 3, "not a line"],
  ["something after the event", () => edit(2, (line) => line.replace(/\}$/, ',"more":1}')), 3, "not a line"],
  ["a space after a line", () => edit(2, (line) => `${line} `), 3, "not a line"],
  ["a missing line", () => lines.toSpliced(2, 1).join("\n"), 3, "event 4: events are missing"],
  [
    "a repeated line",
    () => lines.toSpliced(2, 0, lines[2] ?? "").join("\n"),
    4,
    "event 3: events are missing, repeated",
  ],
  [
    "two lines in the wrong order",
    () => lines.toSpliced(2, 2, lines[3] ?? "", lines[2] ?? "").join("\n"),
    3,
    "event 4",
  ],
  ["an empty line", () => lines.toSpliced(2, 0, "").join("\n"), 3, "empty"],
  ["a second line break at the end", () => `${lines.join("\n")}\n\n`, 8, "empty"],
  ["half a last line", () => lines.join("\n").slice(0, -20), 7, "not a line"],
  ["a beginning that is missing", () => lines.slice(2).join("\n"), 1, "say --partial"],
  ["a file with CR LF", () => lines.join("\r\n"), 1, "CR LF"],
  ["a byte order mark", () => `\ufeff${lines.join("\n")}`, 1, "byte order mark"],
  ["something else altogether", () => "<!doctype html>", 1, "not a line"],
])("finds %s, and names the event", async (_what, forge, seq, problem) => {
  expect(await verify(forge())).toMatchObject({
    verdict: "bad",
    seq,
    line: seq,
    problem: expect.stringContaining(problem),
  });
});

const signatureOf = (index: number) => /"signature":"[^"]+"/.exec(lines[index] ?? "")?.[0] ?? "";

/** The next character of base64: it differs in the last bit only, which is not part of 64 bytes. */
function spare(character: string): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  return alphabet[alphabet.indexOf(character) + 1] ?? "";
}

test("a damaged byte is found even where text decoders see no difference", async () => {
  const bytes = formatExport(records);
  const at = bytes.indexOf("\ufffd");
  const changed = Buffer.concat([bytes.subarray(0, at), Buffer.of(0xff), bytes.subarray(at + 3)]);

  expect(changed.toString()).toBe(bytes.toString());
  expect(await verify(changed)).toMatchObject({ verdict: "bad", seq: 1, problem: expect.stringContaining("hash") });
});

test("reads no further than the longest line there can be", async () => {
  function* endless() {
    for (;;) yield Buffer.alloc(1024 * 1024, "x");
  }

  const verdict = await verifyExport(endless(), { keys: [keyFile(signer)] });

  expect(verdict).toMatchObject({ verdict: "bad", seq: 1, problem: expect.stringContaining("longer than") });
});

test("the first of several faults is named, whichever is found first", async () => {
  const many = buildRecords(sampleSteps(1_200, signer));
  const text = formatExport(many).toString().trimEnd().split("\n");
  for (const index of [700, 300, 1_150]) {
    text[index] = text[index]?.replace(/("signature":")[^"]+/, `$1${"A".repeat(86)}==`) ?? "";
  }
  text[1_100] = "cut";

  const verdict = await verifyExport([Buffer.from(text.join("\n"))], { keys: [keyFile(signer)] });

  expect(verdict).toMatchObject({ verdict: "bad", seq: 301, problem: "Its signature is not valid." });
});

test("a chain that was built anew with another key is found at its first event", async () => {
  const forged = formatExport(buildRecords(sampleSteps(3, stranger)));
  const disguised = buildRecords(sampleSteps(3, { ...stranger, keyId: signer.keyId }));

  expect(await verify(forged)).toMatchObject({
    verdict: "bad",
    seq: 1,
    problem: expect.stringContaining(stranger.keyId),
  });
  expect(await verify(formatExport(disguised))).toMatchObject({ verdict: "bad", seq: 1 });
});

test("a part is accepted only on request, and says that it is one", async () => {
  const part = lines.slice(3).join("\n");

  expect(await verify(part, { isPartAllowed: true })).toMatchObject({ verdict: "verified", firstSeq: 4, root: null });
  expect(await verify(lines.join("\n"), { isPartAllowed: true })).toMatchObject({ firstSeq: 1, events: 7 });
  expect(await verify(`x${part}`, { isPartAllowed: true })).toMatchObject({ verdict: "bad", seq: null, line: 1 });
  expect(await verify(part.replace('"seq":4', '"seq":5'), { isPartAllowed: true })).toMatchObject({
    verdict: "bad",
    seq: 5,
  });
  const checkpoints = [checkpointFile(checkpointOf(records, 5, signer))];
  await expect(verify(part, { isPartAllowed: true, checkpoints })).rejects.toThrow("cannot be compared");
  await expect(verify("", { isPartAllowed: true, checkpoints })).rejects.toThrow("cannot be compared");
});

test.each([['{"at":"x"},"seq":1,"event":{"at":"y"}'], [' {"at":"x"}'], ['{"at":"x"'], ["[1]"], ["null"]])(
  "an event that itself is not one JSON object is refused wherever it stands, though it is signed: %s",
  async (text) => {
    const event = Buffer.from(text);
    const before = buildRecords(sampleSteps(2, signer));
    const after = buildRecord(event, signer, 3, before.at(-1)?.hash);

    expect(await verify(formatExport([buildRecord(event, signer, 1)]))).toMatchObject({ verdict: "bad", seq: 1 });
    expect(await verify(formatExport([...before, after]))).toMatchObject({ verdict: "bad", seq: 3 });
  },
);
