import { GREATER, LESS, SLASH, startsWith } from "./xml-bytes.ts";

/** Where an object's fields stand in the bytes: pairs of start and end in this order; -1 where a field is missing. */
export const KEY = 0;
export const LAST_MODIFIED = 2;
export const ETAG = 4;
export const SIZE = 6;
/** Numbers that each object has. */
export const FIELDS = 8;

const END = "</Contents>";

/**
 * Reads an object the way every store writes it: simple elements, one after the other, that hold only text. Returns the byte
 * after it, or -1 when anything is otherwise; it is then for the general reader, which takes twice the time.
 */
export function readPlainEntry(bytes: Buffer, from: number, entries: number[]): number {
  const { length } = bytes;
  let at = from;
  let [key, keyEnd, modified, modifiedEnd, etag, etagEnd, size, sizeEnd] = [-1, -1, -1, -1, -1, -1, -1, -1];
  while (bytes[at] === LESS && bytes[at + 1] !== SLASH) {
    const nameStart = at + 1;
    let i = nameStart;
    let byte = bytes[i] ?? 0;
    // Only letters: attributes, comments and empty elements are not plain.
    while ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a) {
      i += 1;
      byte = bytes[i] ?? 0;
    }
    if (byte !== GREATER || i === nameStart) break;
    const nameLength = i - nameStart;
    const start = i + 1;
    i = start;
    while (i < length && bytes[i] !== LESS) i += 1;
    if (bytes[i + 1] !== SLASH || bytes[i + 2 + nameLength] !== GREATER) break;
    let j = 0;
    while (j < nameLength && bytes[i + 2 + j] === bytes[nameStart + j]) j += 1;
    if (j < nameLength) break;
    const field = fieldOf(bytes, nameStart, nameLength);
    if (field === KEY) {
      if (key !== -1) break;
      key = start;
      keyEnd = i;
    } else if (field === LAST_MODIFIED) {
      if (modified !== -1) break;
      modified = start;
      modifiedEnd = i;
    } else if (field === ETAG) {
      if (etag !== -1) break;
      etag = start;
      etagEnd = i;
    } else if (field === SIZE) {
      if (size !== -1) break;
      size = start;
      sizeEnd = i;
    }
    at = i + 3 + nameLength;
  }
  if (key === -1 || !startsWith(bytes, at, END)) return -1;
  entries.push(key, keyEnd, modified, modifiedEnd, etag, etagEnd, size, sizeEnd);
  return at + END.length;
}

/** Which field an element's name stands for; -1 for those that nobody asks for. */
export function fieldOf(bytes: Buffer, nameStart: number, nameLength: number): number {
  switch (nameLength) {
    case 3:
      return startsWith(bytes, nameStart, "Key") ? KEY : -1;
    case 4:
      if (startsWith(bytes, nameStart, "Size")) return SIZE;
      return startsWith(bytes, nameStart, "ETag") ? ETAG : -1;
    case 12:
      return startsWith(bytes, nameStart, "LastModified") ? LAST_MODIFIED : -1;
    default:
      return -1;
  }
}
