import { isUtf8 } from "node:buffer";
import type { ListingDocument } from "./listing-document.ts";
import { FIELDS, KEY } from "./plain-entry.ts";
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

/** Decodes all keys at once; `isUrlEncoded` undoes `encoding-type=url`, where a space is `+`. */
export function decodeKeys(document: ListingDocument, isUrlEncoded: boolean): KeyBytes {
  const { bytes: xml, entries } = document;
  // A key is never longer than its text.
  const bytes = Buffer.allocUnsafeSlow(sumOfLengths(entries));
  const ends: number[] = [];
  const entryOf: number[] = [];
  let from = 0;
  let isLastDecodable = true;

  /** Writes one key behind the others and returns where it ends; -1 when it is no UTF-8. */
  function decode(text: Buffer, start: number, end: number, isXml: boolean): number {
    let out = from;
    let isAscii = true;
    for (let i = start; i < end; i += 1) {
      let byte = text[i] ?? 0;
      if (isXml && (byte === 0x26 || byte === 0x3c || byte === 0x0d)) return decodeXml(text, start, end);
      if (isUrlEncoded && byte === PERCENT) {
        byte = hexOf(text[i + 1]) * 16 + hexOf(text[i + 2]);
        // An entity or a comment may stand inside an escape.
        if (byte < 0) return isXml ? decodeXml(text, start, end) : -1;
        i += 2;
      } else if (isUrlEncoded && byte === PLUS) {
        byte = SPACE;
      }
      if (byte >= 0x80) isAscii = false;
      bytes[out] = byte;
      out += 1;
    }
    return isAscii || isUtf8(bytes.subarray(from, out)) ? out : -1;
  }

  function decodeXml(text: Buffer, start: number, end: number): number {
    const resolved = readXmlText(text, start, end);
    return decode(resolved, 0, resolved.length, false);
  }

  for (let entry = 0; entry < entries.length; entry += FIELDS) {
    const end = decode(xml, entries[entry + KEY] ?? 0, entries[entry + KEY + 1] ?? 0, true);
    isLastDecodable = end >= 0;
    if (end < 0) continue;
    from = end;
    ends.push(end);
    entryOf.push(entry);
  }
  return { bytes, ends, entryOf, undecodable: entries.length / FIELDS - ends.length, isLastDecodable };
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
