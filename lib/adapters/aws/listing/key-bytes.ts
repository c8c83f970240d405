import { isUtf8 } from "node:buffer";
import type { ListingDocument } from "./listing-document.ts";
import { FIELDS, KEY } from "./plain-entry.ts";
import { LESS } from "./xml-bytes.ts";
import { readXmlText } from "./xml-text.ts";

/** The keys of a page as UTF-8 bytes, one after the other in `bytes`. Key `i` goes from `ends[i - 1]` to `ends[i]`. */
export type KeyBytes = {
  readonly bytes: Buffer;
  readonly ends: readonly number[];
  /** For each key, its place among the document's entries. */
  readonly entryOf: readonly number[];
  /** Keys whose escapes are no UTF-8; they are left out. */
  readonly undecodable: number;
  readonly isLastDecodable: boolean;
};

const PERCENT = 0x25;
const PLUS = 0x2b;
const SPACE = 0x20;
const AMPERSAND = 0x26;
const CARRIAGE_RETURN = 0x0d;

/** Bytes that may mean something else than themselves: escapes, what XML resolves, and all that is not ASCII. */
const IS_SPECIAL = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte >= 0x80 || [PERCENT, PLUS, AMPERSAND, LESS, CARRIAGE_RETURN].includes(byte) ? 1 : 0,
);

/** Decodes all keys at once; `isUrlEncoded` undoes `encoding-type=url`, where a space is `+`. */
export function decodeKeys(document: ListingDocument, isUrlEncoded: boolean): KeyBytes {
  const { bytes: xml, entries } = document;
  // A key is never longer than its text.
  const bytes = Buffer.allocUnsafeSlow(sumOfLengths(entries));
  const ends: number[] = [];
  const entryOf: number[] = [];
  let from = 0;
  let isLastDecodable = true;
  const encoded: Encoded = { text: xml, isXml: true, isUrlEncoded };
  for (let entry = 0; entry < entries.length; entry += FIELDS) {
    const start = entries[entry + KEY] ?? 0;
    const stop = entries[entry + KEY + 1] ?? 0;
    const end = decode(encoded, start, stop, bytes, from);
    isLastDecodable = end >= 0;
    if (end < 0) continue;
    from = end;
    ends.push(end);
    entryOf.push(entry);
  }
  return { bytes, ends, entryOf, undecodable: entries.length / FIELDS - ends.length, isLastDecodable };
}

/** Copies bytes that mean themselves up to the first that may not; returns how many. Nearly all bytes of keys do. */
function copyPlain(text: Buffer, start: number, end: number, target: Buffer, at: number): number {
  let i = start;
  let out = at;
  while (i < end) {
    const byte = text[i] ?? 0;
    if (IS_SPECIAL[byte] !== 0) break;
    target[out] = byte;
    i += 1;
    out += 1;
  }
  return i - start;
}

type Encoded = { readonly text: Buffer; readonly isXml: boolean; readonly isUrlEncoded: boolean };

/** Writes one key behind the others and returns where it ends; -1 when it is no UTF-8. */
function decode(encoded: Encoded, start: number, end: number, target: Buffer, from: number): number {
  const { text, isXml, isUrlEncoded } = encoded;
  let out = from;
  let i = start;
  let isAscii = true;
  for (;;) {
    const plain = copyPlain(text, i, end, target, out);
    i += plain;
    out += plain;
    if (i >= end) break;
    let byte = text[i] ?? 0;
    if (isXml && (byte === AMPERSAND || byte === LESS || byte === CARRIAGE_RETURN))
      return decodeXml(encoded, start, end, target, from);
    if (isUrlEncoded && byte === PERCENT) {
      byte = hexOf(text[i + 1]) * 16 + hexOf(text[i + 2]);
      // An entity or a comment may stand inside an escape.
      if (byte < 0) return isXml ? decodeXml(encoded, start, end, target, from) : -1;
      i += 2;
    } else if (isUrlEncoded && byte === PLUS) {
      byte = SPACE;
    }
    if (byte >= 0x80) isAscii = false;
    target[out] = byte;
    out += 1;
    i += 1;
  }
  return isAscii || isUtf8(target.subarray(from, out)) ? out : -1;
}

function decodeXml(encoded: Encoded, start: number, end: number, target: Buffer, from: number): number {
  const text = readXmlText(encoded.text, start, end);
  return decode({ ...encoded, text, isXml: false }, 0, text.length, target, from);
}

/** The value of a hexadecimal digit; far below zero when it is none, so that no sum with it is a byte. */
function hexOf(byte: number | undefined): number {
  if (byte === undefined) return -1000;
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1000;
}

function sumOfLengths(entries: readonly number[]): number {
  let sum = 0;
  for (let entry = 0; entry < entries.length; entry += FIELDS) {
    sum += (entries[entry + KEY + 1] ?? 0) - (entries[entry + KEY] ?? 0);
  }
  return sum;
}
