import { ListingFormatError } from "./listing-error.ts";

export const LESS = 0x3c;
export const GREATER = 0x3e;
export const SLASH = 0x2f;
const BANG = 0x21;
const QUESTION = 0x3f;

/** One element's start tag. Between `nameStart` and `nameEnd` is its name; `next` is the byte after the tag. */
export type StartTag = { nameStart: number; nameEnd: number; next: number; isEmpty: boolean };

/** Skips what may stand around the root: white space, comments and instructions; -1 when something else does. */
export function skipMisc(bytes: Buffer, from: number): number {
  let at = skipSpace(bytes, from);
  while (bytes[at] === LESS && (bytes[at + 1] === BANG || bytes[at + 1] === QUESTION)) {
    const end = endOfInstruction(bytes, at);
    if (end < 0) return -1;
    at = skipSpace(bytes, end);
  }
  return at;
}

/** Skips to the next tag inside an element that holds only elements; stray text there is damage. */
export function nextTag(bytes: Buffer, from: number): number {
  const at = skipMisc(bytes, from);
  if (at < 0 || at >= bytes.length) throw new ListingFormatError("it ends early");
  if (bytes[at] !== LESS) throw new ListingFormatError("there is text where tags should be");
  return at;
}

export function skipSpace(bytes: Buffer, from: number): number {
  let at = from;
  while (isSpace(bytes[at])) at += 1;
  return at;
}

/**
 * Skips text, comments, CDATA and instructions up to the next tag, which starts at the returned `<`. A document may not end
 * before one comes.
 */
export function skipToTag(bytes: Buffer, from: number): number {
  const { length } = bytes;
  let at = from;
  for (;;) {
    while (at < length && bytes[at] !== LESS) at += 1;
    if (at >= length) throw new ListingFormatError("it ends early");
    const next = bytes[at + 1];
    if (next !== BANG && next !== QUESTION) return at;
    at = skipDeclaration(bytes, at);
  }
}

/** Reads the start tag whose `<` is at `at` into `tag`. */
export function readStartTag(bytes: Buffer, at: number, tag: StartTag): void {
  const nameStart = at + 1;
  let i = nameStart;
  let byte = bytes[i];
  while (byte !== undefined && byte !== GREATER && byte !== SLASH && byte !== LESS && !isSpace(byte)) {
    i += 1;
    byte = bytes[i];
  }
  if (i === nameStart) throw new ListingFormatError("a tag has no name");
  tag.nameStart = nameStart;
  tag.nameEnd = i;
  if (byte !== GREATER) i = skipAttributes(bytes, i);
  tag.isEmpty = bytes[i] === SLASH;
  if (tag.isEmpty) i += 1;
  if (bytes[i] !== GREATER) throw new ListingFormatError("a tag does not end");
  tag.next = i + 1;
}

/** Reads the end tag whose `<` is at `at`; it must have the name between `nameStart` and `nameEnd`. Returns the byte after it. */
export function readEndTag(bytes: Buffer, at: number, nameStart: number, nameEnd: number): number {
  let i = at + 2;
  for (let j = nameStart; j < nameEnd; j += 1, i += 1) {
    if (bytes[i] !== bytes[j]) throw new ListingFormatError("its tags do not match");
  }
  if (bytes[i] !== GREATER) i = skipSpace(bytes, i);
  if (bytes[i] !== GREATER) throw new ListingFormatError("its tags do not match");
  return i + 1;
}

/** Skips all that is inside an element, and its end tag. */
export function skipElement(bytes: Buffer, tag: StartTag): number {
  if (tag.isEmpty) return tag.next;
  let at = skipToTag(bytes, tag.next);
  if (bytes[at + 1] === SLASH) return readEndTag(bytes, at, tag.nameStart, tag.nameEnd);
  const names = [tag.nameStart, tag.nameEnd];
  while (names.length > 0) {
    at = skipToTag(bytes, at);
    if (bytes[at + 1] === SLASH) {
      const [nameEnd = 0, nameStart = 0] = [names.pop(), names.pop()];
      at = readEndTag(bytes, at, nameStart, nameEnd);
    } else {
      readStartTag(bytes, at, tag);
      at = tag.next;
      if (!tag.isEmpty) names.push(tag.nameStart, tag.nameEnd);
    }
  }
  return at;
}

/** Skips a comment, a CDATA section or an instruction. A document type is refused: listings have none, attacks do. */
export function skipDeclaration(bytes: Buffer, at: number): number {
  if (startsWith(bytes, at, "<![CDATA[")) return endOf(bytes, "]]>", at + 9);
  const end = endOfInstruction(bytes, at);
  if (end < 0) throw new ListingFormatError("it has a declaration that no listing has");
  return end;
}

/** Where the comment or instruction at `at` ends; -1 when there is none. */
function endOfInstruction(bytes: Buffer, at: number): number {
  const isComment = startsWith(bytes, at, "<!--");
  const stop = isComment ? "-->" : "?>";
  const from = isComment ? at + 4 : at + 2;
  const isGood = isComment ? bytes[from] !== GREATER && !startsWith(bytes, from, "->") : isTarget(bytes, at);
  const end = isGood ? bytes.indexOf(stop, from, "latin1") : -1;
  return end < 0 ? -1 : end + stop.length;
}

/** An instruction begins with a letter; `<?>` is none. */
function isTarget(bytes: Buffer, at: number): boolean {
  const letter = (bytes[at + 2] ?? 0) | 0x20;
  return bytes[at + 1] === QUESTION && letter >= 0x61 && letter <= 0x7a;
}

/** The byte after the next `stop`, which must come. */
export function endOf(bytes: Buffer, stop: string, from: number): number {
  const at = bytes.indexOf(stop, from, "latin1");
  if (at < 0) throw new ListingFormatError("it ends early");
  return at + stop.length;
}

export function startsWith(bytes: Buffer, at: number, text: string): boolean {
  for (let i = 0; i < text.length; i += 1) if (bytes[at + i] !== text.charCodeAt(i)) return false;
  return true;
}

/** Returns where the attributes end: at the slash or the `>` of the tag, or at what should be one of them. */
function skipAttributes(bytes: Buffer, from: number): number {
  let at = skipSpace(bytes, from);
  while (isNameByte(bytes[at])) {
    while (isNameByte(bytes[at])) at += 1;
    at = skipSpace(bytes, at);
    if (bytes[at] !== 0x3d) throw new ListingFormatError("an attribute has no value");
    at = skipSpace(bytes, at + 1);
    const quote = bytes[at];
    const end = quote === 0x22 || quote === 0x27 ? bytes.indexOf(quote, at + 1) : -1;
    if (end < 0) throw new ListingFormatError("an attribute has no value");
    at = skipSpace(bytes, end + 1);
  }
  return at;
}

function isNameByte(byte: number | undefined): boolean {
  if (byte === undefined || byte <= 0x20) return false;
  return byte !== LESS && byte !== GREATER && byte !== SLASH && byte !== 0x3d && byte !== 0x22 && byte !== 0x27;
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}
