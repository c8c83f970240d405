import { beforeAll, expect, test } from "vitest";
import type { AuditRecord } from "#lib/adapters/db/audit-line.ts";
import type { AuditSigner } from "#lib/adapters/db/signing-key.ts";
import { verifyExport } from "./audit-verify.mjs";
import {
  buildRecords,
  checkpointFile,
  checkpointOf,
  formatExport,
  keyFile,
  newSigner,
  rotationStep,
  sampleSteps,
  signNote,
} from "./testing/audit-export.ts";

let signer: AuditSigner;
let next: AuditSigner;
let stranger: AuditSigner;
let records: readonly AuditRecord[];
let whole: Buffer;
beforeAll(async () => {
  [signer, next, stranger] = [await newSigner(), await newSigner(), await newSigner()];
  records = buildRecords(sampleSteps(7, signer));
  whole = formatExport(records);
});

function verify(data: Uint8Array, trust: Partial<Parameters<typeof verifyExport>[1]> = {}) {
  return verifyExport([data], { keys: [keyFile(signer)], ...trust });
}

test("a key that a trusted key signed for is trusted from its rotation on", async () => {
  const rotated = buildRecords([...sampleSteps(2, signer), rotationStep(signer, next), ...sampleSteps(2, next)]);
  const early = buildRecords([...sampleSteps(2, signer), ...sampleSteps(1, next), rotationStep(signer, next)]);

  const verdict = await verify(formatExport(rotated), {
    checkpoints: [checkpointFile(checkpointOf(rotated, 2, signer), checkpointOf(rotated, 5, next))],
  });

  expect(verdict).toMatchObject({ verdict: "verified", notices: [], checkpoints: { count: 2, sizeMax: 5 } });
  expect(verdict).toMatchObject({
    keys: [
      { keyId: signer.keyId, firstSeq: 1, lastSeq: 2, rotationSeq: null },
      { keyId: next.keyId, firstSeq: 3, lastSeq: 5, rotationSeq: 3 },
    ],
  });
  expect(await verify(formatExport(early))).toMatchObject({ verdict: "bad", seq: 3 });
});

test("a key that nobody signed for is accepted only where the reader gave it, and that is said", async () => {
  const unsigned = rotationStep(signer, next, { previousSignature: null });
  const rotated = formatExport(buildRecords([...sampleSteps(2, signer), unsigned, ...sampleSteps(1, next)]));
  const silent = formatExport(buildRecords([...sampleSteps(2, signer), ...sampleSteps(2, next)]));
  const both = { keys: [keyFile(signer, next)] };

  expect(await verify(rotated)).toMatchObject({
    verdict: "bad",
    seq: 3,
    problem: expect.stringContaining("did not sign for it"),
  });
  expect(await verify(rotated, both)).toMatchObject({
    verdict: "verified",
    notices: [{ seq: 3, text: expect.stringContaining("did not sign for it") }],
  });
  expect(await verify(silent, both)).toMatchObject({
    verdict: "verified",
    notices: [{ seq: 3, text: expect.stringContaining("no event introduces it") }],
  });
});

test.each([
  ["signed by a stranger", () => rotationStep(stranger, next), "which signed for it, is not trusted"],
  ["with a signature that is not the previous key's", () => rotationStep(signer, next, stolen()), "is not valid"],
  [
    "for another key",
    () => rotationStep(signer, next, { newKeyId: stranger.keyId, newVkey: stranger.vkey }),
    "signed with",
  ],
  ["to the key it comes from", () => rotationStep(signer, signer), "signed with"],
  ["without keys", () => rotationStep(signer, next, { newVkey: 1, previousVkey: null }), "signed with"],
  ["with ids that are not its keys'", () => rotationStep(signer, next, { previousKeyId: next.keyId }), "signed with"],
])("a rotation %s introduces no key", async (_what, rotation, problem) => {
  const forged = formatExport(buildRecords([...sampleSteps(2, signer), rotation()]));

  expect(await verify(forged)).toMatchObject({ verdict: "bad", seq: 3, problem: expect.stringContaining(problem) });
});

const stolen = () => ({ previousSignature: rotationStep(stranger, next).entry.details["previousSignature"] });

test("a checkpoint of another log, or of a stranger, is not compared", async () => {
  const other = signNote(
    checkpointOf(records, 3, signer).split("\n\n")[0]?.replace("lockkeeper", "other").concat("\n") ?? "",
    signer,
  );
  const strange = checkpointOf(records, 3, stranger);
  const forged = checkpointOf(records, 3, { ...stranger, keyId: signer.keyId });

  const compare = (...notes: string[]) => verify(whole, { checkpoints: [checkpointFile(...notes)] });

  await expect(compare(checkpointOf(records, 3, { ...signer, keyName: "witness" }))).rejects.toThrow("no trusted key");
  await expect(compare(other)).rejects.toThrow("another log");
  await expect(compare(strange)).rejects.toThrow("no trusted key");
  await expect(compare(forged)).rejects.toThrow("not valid");
});

test("further signatures on a checkpoint, as of witnesses, are let be", async () => {
  const own = checkpointOf(records, 3, signer);
  const witness = checkpointOf(records, 3, { ...stranger, keyName: "lockkeeper" }).split("\n\n")[1] ?? "";

  const verdict = await verify(whole, { checkpoints: [{ name: "c", text: own + witness }] });

  expect(verdict).toMatchObject({ verdict: "verified", checkpoints: { count: 1 } });
});

test.each([
  ["empty lines between them", "\n\n\n"],
  ["one empty line between them", "\n"],
  ["nothing between them", ""],
])("every checkpoint of a file is compared, with %s", async (_what, between) => {
  const notes = [0, 3, 5, 7].map((size) => checkpointOf(records, size, signer));
  const fork = checkpointOf(buildRecords(sampleSteps(7, signer, "b")), 6, signer);
  const compare = (text: string) => verify(whole, { checkpoints: [{ name: "c", text }] });

  expect(await compare(notes.join(between))).toMatchObject({
    verdict: "verified",
    checkpoints: { count: 4, sizeMax: 7 },
  });
  expect(await compare([...notes, fork].join(between))).toMatchObject({
    verdict: "bad",
    seq: 6,
    problem: expect.stringMatching(/^Forked or rewritten at or before event 6.*Up to event 5 it agrees/),
  });
});

test("a checkpoint that a crash cut off anywhere is left out, and the others are compared", async () => {
  const [first = "", torn = "", last = ""] = [3, 5, 7].map((size) => checkpointOf(records, size, signer));
  const fork = checkpointOf(buildRecords(sampleSteps(7, signer, "b")), 6, signer);
  for (let length = 1; length < torn.length - 1; length += 1) {
    const cut = Buffer.from(torn).subarray(0, length).toString();
    const text = (end: string) => `${first}\n${cut}${cut.endsWith("\n") ? "\n" : "\n\n"}${end}`;
    const compare = (end: string) => verify(whole, { checkpoints: [{ name: "c", text: text(end) }] });

    expect(await compare(last), `cut at ${length}`).toMatchObject({
      verdict: "verified",
      checkpoints: { count: 2 },
      notices: expect.arrayContaining([
        { seq: null, text: "c, line 7: a checkpoint without a whole signature was left out." },
      ]),
    });
    expect(await compare(fork), `cut at ${length}`).toMatchObject({ verdict: "bad", seq: 6 });
  }
});

test.each([
  ["cut off in the middle", (note: string) => note.slice(0, -30), "no whole checkpoint"],
  ["without a signature", (note: string) => note.split("\n\n")[0] ?? "", "no whole checkpoint"],
  ["with a signature that cannot be read", (note: string) => `${note}— lockkeeper x\n`, "a signature cannot be read"],
  ["with a size that is no number", (note: string) => note.replace("\n5\n", "\n05\n"), "second line"],
  ["with a root that is no hash", (note: string) => note.replace(/\n5\n../, "\n5\n"), "third line"],
  ["with CR LF", (note: string) => note.replaceAll("\n", "\r\n"), "CR LF"],
  ["with a control character", (note: string) => note.replace("\n", "\u0007\n"), "control"],
  ["with nothing in it", () => "\n", "no whole checkpoint"],
])("a checkpoint file %s is not checked, and says where", async (_what, damage, problem) => {
  const text = checkpointOf(records, 5, signer);
  const checkpoints = [{ name: "c.txt", text: damage(text) }];

  await expect(verify(whole, { checkpoints })).rejects.toThrow(problem);
  await expect(verify(whole, { checkpoints })).rejects.toThrow("c.txt");
});

test.each([
  ["nothing in it", () => "# a comment\n\n", "holds no key"],
  ["a private key", () => "-----BEGIN PRIVATE KEY-----\n", "k.txt, line 1: this is a private key"],
  ["a key in PEM", () => "-----BEGIN PUBLIC KEY-----\n", "k.txt, line 1: PEM is not read"],
  [
    "a key whose id is not its own",
    () => `\n${signer.vkey.replace(/\+[0-9a-f]{8}/, "+00000000")}`,
    "k.txt, line 2: not a",
  ],
  ["half a key", () => signer.vkey.slice(0, -1), "k.txt, line 1: not a public key"],
])("a key file with %s is not used, and says where", async (_what, text, problem) => {
  await expect(verify(whole, { keys: [{ name: "k.txt", text: text() }] })).rejects.toThrow(problem);
});

// Ids have 32 bits only: these two keys, which nobody has the private halves of, have the same.
const TWINS = [
  "lockkeeper+031c19e8+AQmqkeLkB7gw0uPRA/wCPDjFMR/PiZ+bUpkdPKE0A1u+",
  "lockkeeper+031c19e8+Abl+dsa0jToWlLoMxncf/VW1+TbqHWM8sOBbM6vYIGC0",
] as const;

test("a key with the id of another one takes its place nowhere", async () => {
  const [trusted, twin] = TWINS;
  const keys = [keyFile(signer), { name: "twin", text: trusted }];
  const details = { newKeyId: "031c19e8", newVkey: twin };
  const rotation = { ...rotationStep(signer, next, details), signer: { ...stranger, keyId: "031c19e8" } };
  const forged = formatExport(buildRecords([...sampleSteps(2, signer), rotation]));

  await expect(verify(whole, { keys: [{ name: "twins", text: TWINS.join("\n") }] })).rejects.toThrow(
    "Two different keys",
  );
  expect(await verify(forged, { keys })).toMatchObject({ seq: 3, problem: expect.stringContaining("id of another") });
});
