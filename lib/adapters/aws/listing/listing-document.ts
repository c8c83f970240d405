import { ListingFormatError } from "./listing-error.ts";
import { fieldOf, KEY, readPlainEntry } from "./plain-entry.ts";
import {
  nextTag,
  readEndTag,
  readStartTag,
  SLASH,
  type StartTag,
  skipElement,
  skipMisc,
  skipToTag,
  startsWith,
} from "./xml-bytes.ts";

/** Where the texts of one ListObjectsV2 answer stand in its bytes; nothing is decoded yet. */
export type ListingDocument = {
  readonly bytes: Buffer;
  /** `FIELDS` pairs of start and end for each object, in the order listed; a field that is missing has start -1. */
  readonly entries: readonly number[];
  readonly isTruncated: Span;
  readonly nextToken: Span;
  readonly encodingType: Span;
};

/** Start and end of a text that may still have entities and CDATA in it; null when the element is missing. */
export type Span = readonly [start: number, end: number] | null;

const ROOT = "ListBucketResult";
/** What makes a document without objects a listing. */
const HEAD_FIELDS = ["IsTruncated", "NextContinuationToken", "EncodingType", "Name", "KeyCount"] as const;

/**
 * Finds the objects and the continuation of a listing, reading every byte once and every tag with its end. Null when the
 * document is something else than a listing; a listing that is cut or malformed anywhere is an error, never a shorter one.
 */
export function readListingDocument(bytes: Buffer): ListingDocument | null {
  let at = skipMisc(bytes, startsWith(bytes, 0, "\u00ef\u00bb\u00bf") ? 3 : 0);
  if (at < 0 || !isListing(bytes, at)) return null;
  const tag: StartTag = { nameStart: 0, nameEnd: 0, next: 0, isEmpty: false };
  readStartTag(bytes, at, tag);
  const rootStart = tag.nameStart;
  const rootEnd = tag.nameEnd;
  const entries: number[] = [];
  const head = new Map<string, Span>();
  at = tag.next;
  if (!tag.isEmpty) {
    for (;;) {
      at = nextTag(bytes, at);
      if (bytes[at + 1] === SLASH) break;
      readStartTag(bytes, at, tag);
      at = isNamed(bytes, tag, "Contents") ? readEntry(bytes, tag, entries) : readHeadField(bytes, tag, head);
    }
    at = readEndTag(bytes, at, rootStart, rootEnd);
  }
  if (skipMisc(bytes, at) !== bytes.length) throw new ListingFormatError("something follows it");
  if (entries.length === 0 && head.size === 0) throw new ListingFormatError("it has no field of a listing");
  return {
    bytes,
    entries,
    isTruncated: head.get("IsTruncated") ?? null,
    nextToken: head.get("NextContinuationToken") ?? null,
    encodingType: head.get("EncodingType") ?? null,
  };
}

function isListing(bytes: Buffer, at: number): boolean {
  if (!startsWith(bytes, at, `<${ROOT}`)) return false;
  const after = bytes[at + 1 + ROOT.length];
  return after === undefined || after === SLASH || after <= 0x20 || after === 0x3e;
}

function readHeadField(bytes: Buffer, tag: StartTag, head: Map<string, Span>): number {
  for (const name of HEAD_FIELDS) {
    if (!isNamed(bytes, tag, name)) continue;
    if (head.has(name)) throw new ListingFormatError(`it has two of ${name}`);
    const start = tag.next;
    const end = readText(bytes, tag);
    head.set(name, [start, end]);
    return tag.next;
  }
  return skipElement(bytes, tag);
}

function readEntry(bytes: Buffer, tag: StartTag, entries: number[]): number {
  const { nameStart, nameEnd, isEmpty } = tag;
  const plainEnd = isEmpty ? -1 : readPlainEntry(bytes, tag.next, entries);
  if (plainEnd >= 0) return plainEnd;
  const base = entries.length;
  entries.push(-1, -1, -1, -1, -1, -1, -1, -1);
  let at = tag.next;
  while (!isEmpty) {
    at = nextTag(bytes, at);
    if (bytes[at + 1] === SLASH) {
      at = readEndTag(bytes, at, nameStart, nameEnd);
      break;
    }
    readStartTag(bytes, at, tag);
    const field = fieldOf(bytes, tag.nameStart, tag.nameEnd - tag.nameStart);
    if (field < 0) {
      at = skipElement(bytes, tag);
      continue;
    }
    if (entries[base + field] !== -1) throw new ListingFormatError("an object has one field twice");
    const start = tag.next;
    const end = readText(bytes, tag);
    entries[base + field] = start;
    entries[base + field + 1] = end;
    at = tag.next;
  }
  if (entries[base + KEY] === -1) throw new ListingFormatError("an object has no key");
  return at;
}

/** Reads an element that holds only text; returns where the text ends, and sets `tag.next` behind the end tag. */
function readText(bytes: Buffer, tag: StartTag): number {
  const { nameStart, nameEnd } = tag;
  if (tag.isEmpty) return tag.next;
  const end = skipToTag(bytes, tag.next);
  if (bytes[end + 1] !== SLASH) throw new ListingFormatError("there are tags where text should be");
  tag.next = readEndTag(bytes, end, nameStart, nameEnd);
  return end;
}

function isNamed(bytes: Buffer, tag: StartTag, name: string): boolean {
  return tag.nameEnd - tag.nameStart === name.length && startsWith(bytes, tag.nameStart, name);
}
