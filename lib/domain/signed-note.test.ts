import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeBase64 } from "./base64.ts";
import { formatCheckpoint, formatNote, type NoteSignature, parseNote } from "./signed-note.ts";

const root = new Uint8Array(32).fill(7);
const signature: NoteSignature = { keyName: "lockkeeper", keyId: "00abcdef", signature: new Uint8Array(64).fill(9) };
const body = formatCheckpoint({ origin: "lockkeeper", size: 12, root });
const note = formatNote(body, [signature]);

// The example of C2SP's tlog-checkpoint.
const PUBLISHED = `example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
`;

test("reads the published example of a checkpoint, and writes it the same", () => {
  const example = {
    origin: "example.com/behind-the-sofa",
    size: 20852163,
    root: decodeBase64("CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=") ?? new Uint8Array(),
  };
  const bytes = decodeBase64(/ (\S+)\n$/.exec(PUBLISHED)?.[1] ?? "") ?? new Uint8Array();
  const signatures = [{ keyName: example.origin, keyId: "033de0ae", signature: bytes.slice(4) }];

  expect(parseNote(PUBLISHED)).toMatchObject({ verdict: "parsed", ...example, extensions: [], signatures });
  expect(formatNote(formatCheckpoint(example), signatures)).toBe(PUBLISHED);
});

test("whatever is written as a note is read back the same", () => {
  const anyBytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
  const anyName = fc.stringMatching(/^[a-z0-9./ü-]{1,20}$/u);
  const anyKeyId = anyBytes(4).map((bytes) => Buffer.from(bytes).toString("hex"));
  const anySignature = fc.record({ keyName: anyName, keyId: anyKeyId, signature: anyBytes(64) });
  const anyHead = fc.record({ origin: anyName, size: fc.maxSafeNat(), root: anyBytes(32) });
  const anyExtensions = fc.array(fc.stringMatching(/^[a-z —]{1,10}$/u), { maxLength: 2 });
  fc.assert(
    fc.property(
      anyHead,
      anyExtensions,
      fc.array(anySignature, { minLength: 1, maxLength: 16 }),
      (head, extensions, signatures) => {
        const text = formatCheckpoint(head) + extensions.map((line) => `${line}\n`).join("");
        expect(parseNote(formatNote(text, signatures))).toEqual({
          verdict: "parsed",
          body: text,
          ...head,
          extensions,
          signatures,
        });
      },
    ),
  );
});

test.each([
  ["nothing", "", "No empty line"],
  ["a body without signatures", body, "No empty line"],
  ["an empty list of signatures", `${body}\n`, "does not end with a signature line"],
  ["a last line without its line feed", note.slice(0, -1), "does not end with a signature line"],
  ["a line after the signatures", `${note}more\n`, "not a signature"],
  ["a hyphen for the dash", note.replace("—", "-"), "not a signature"],
  ["a key name with a plus", note.replace("— lockkeeper", "— lock+keeper"), "not a signature"],
  ["a key name with a space", note.replace("— lockkeeper", "— lock\u00a0keeper"), "not a signature"],
  ["a signature that is not base64", note.replace(/.=\n$/, "!=\n"), "not a signature"],
  ["a signature that is a key id only", formatNote(body, [{ ...signature, signature: new Uint8Array() }]), "not a sig"],
  ["a size with a leading zero", note.replace("\n12\n", "\n012\n"), "tree size"],
  ["a negative size", note.replace("\n12\n", "\n-12\n"), "tree size"],
  ["a size beyond what numbers hold", note.replace("\n12\n", "\n9007199254740992\n"), "tree size"],
  ["a root of another length", note.replace("Bwc=\n", "\n"), "SHA-256 hash"],
  ["no root", note.replace(/\n12\n.*\n/, "\n12\n"), "SHA-256 hash"],
  ["an empty origin", note.replace(/^lockkeeper/, ""), "origin"],
  ["an empty line in its text", note.replace("\n\n", "\n\nextension\n\n"), "empty line"],
  ["a carriage return", note.replaceAll("\n", "\r\n"), "control character"],
  ["a tab", note.replace("lockkeeper\n", "lockkeeper\t\n"), "control character"],
  [
    "more signatures than anybody needs",
    formatNote(
      body,
      Array.from({ length: 101 }, () => signature),
    ),
    "100",
  ],
])("refuses %s", (_what, text, problem) => {
  expect(parseNote(text)).toEqual({ verdict: "malformed", problem: expect.stringContaining(problem) });
});
