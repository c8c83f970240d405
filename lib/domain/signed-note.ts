import { decodeBase64, encodeBase64 } from "./base64.ts";

/** How far a log reaches: the text that is signed, in the form of C2SP's tlog-checkpoint. */
export type TreeHead = { readonly origin: string; readonly size: number; readonly root: Uint8Array };

export type NoteSignature = { readonly keyName: string; readonly keyId: string; readonly signature: Uint8Array };

export type ParsedNote =
  | ({
      readonly verdict: "parsed";
      /** What the signatures are over, as text. */
      readonly body: string;
      readonly extensions: readonly string[];
      readonly signatures: readonly NoteSignature[];
    } & TreeHead)
  | { readonly verdict: "malformed"; readonly problem: string };

const SIGNATURES_MAX = 100;
const HASH_LENGTH = 32;
const KEY_ID_LENGTH = 4;
const SIGNATURE_LINE = /^— ([^\p{White_Space}+]+) (\S+)$/u;
// biome-ignore lint/suspicious/noControlCharactersInRegex: a note may hold no control character but the line feed
const CONTROL = /[\u0000-\u0009\u000b-\u001f]/;

/** The body of a checkpoint, which is what its signatures are over. */
export function formatCheckpoint({ origin, size, root }: TreeHead): string {
  return `${origin}\n${size}\n${encodeBase64(root)}\n`;
}

/** A C2SP signed note: the body, an empty line, one line for each signature. */
export function formatNote(body: string, signatures: readonly NoteSignature[]): string {
  const lines = signatures.map(({ keyName, keyId, signature }) => {
    const id = Array.from({ length: KEY_ID_LENGTH }, (_, index) =>
      Number.parseInt(keyId.slice(index * 2, index * 2 + 2), 16),
    );
    return `— ${keyName} ${encodeBase64(Uint8Array.of(...id, ...signature))}\n`;
  });
  return `${body}\n${lines.join("")}`;
}

/** Reads exactly one signed checkpoint. Whether its signatures are valid is not looked at. */
export function parseNote(text: string): ParsedNote {
  if (CONTROL.test(text)) return malformed("It contains a control character.");
  const split = text.lastIndexOf("\n\n");
  if (split === -1) return malformed("No empty line parts its text from its signatures.");
  const body = text.slice(0, split + 1);
  const signatures = parseSignatures(text.slice(split + 2));
  if (typeof signatures === "string") return malformed(signatures);
  const [origin, size, root, ...extensions] = body.slice(0, -1).split("\n");
  if (!origin) return malformed("Its first line, the origin, is empty.");
  if (size === undefined || !/^(?:0|[1-9]\d*)$/.test(size) || !Number.isSafeInteger(Number(size))) {
    return malformed("Its second line is not a tree size.");
  }
  const rootBytes = decodeBase64(root ?? "");
  if (rootBytes?.length !== HASH_LENGTH) return malformed("Its third line is not a SHA-256 hash in base64.");
  if (extensions.includes("")) return malformed("Its text contains an empty line.");
  return { verdict: "parsed", body, origin, size: Number(size), root: rootBytes, extensions, signatures };
}

function malformed(problem: string): ParsedNote {
  return { verdict: "malformed", problem };
}

function parseSignatures(text: string): readonly NoteSignature[] | string {
  if (!text.endsWith("\n")) return "It does not end with a signature line and a line feed.";
  const lines = text.slice(0, -1).split("\n");
  if (lines.length > SIGNATURES_MAX) return `It has more than ${SIGNATURES_MAX} signatures.`;
  const signatures = lines.map(parseSignature);
  const valid = signatures.filter((signature) => signature !== null);
  return valid.length === lines.length ? valid : "A line after its text is not a signature.";
}

function parseSignature(line: string): NoteSignature | null {
  const [, keyName, encoded] = SIGNATURE_LINE.exec(line) ?? [];
  const bytes = decodeBase64(encoded ?? "");
  if (keyName === undefined || bytes === null || bytes.length <= KEY_ID_LENGTH) return null;
  const id = [...bytes.subarray(0, KEY_ID_LENGTH)];
  const keyId = id.map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return { keyName, keyId, signature: bytes.slice(KEY_ID_LENGTH) };
}
