import { decodeKeys, type KeyBytes } from "./key-bytes.ts";
import { type ListingDocument, readListingDocument, type Span } from "./listing-document.ts";
import { ListingFormatError } from "./listing-error.ts";
import { ETAG, LAST_MODIFIED, SIZE } from "./plain-entry.ts";
import { readXmlText } from "./xml-text.ts";

/** One page of a listing. Only what is asked for is made into strings. */
export type ListedPage = {
  /** Objects on the page, those with undecodable keys included. */
  readonly objectCount: number;
  readonly undecodable: number;
  readonly keys: KeyBytes;
  readonly keyCount: number;
  readonly keyAt: (index: number) => string;
  readonly objectAt: (index: number) => ListedObject;
  /** The key from which a next page can be asked for; null when there is none, or when it cannot be decoded. */
  readonly lastKey: string | null;
  /** Null at the end of the listing; "" when it goes on without saying where, so that only the last key does. */
  readonly nextToken: string | null;
};

export type ListedObject = {
  readonly key: string;
  readonly etag: string | null;
  readonly sizeBytes: number;
  readonly lastModifiedMs: number | null;
};

/** Reads the bytes of a ListObjectsV2 answer; null when they are another document, which is then the SDK's to read. */
export function readListedPage(bytes: Buffer): ListedPage | null {
  const document = readListingDocument(bytes);
  if (document === null) return null;
  // A store that does not know the encoding sends keys as they are, and says so by not naming it.
  const keys = decodeKeys(document, textOf(bytes, document.encodingType) === "url");
  const keyCount = keys.ends.length;
  const keyAt = (index: number) => keys.bytes.toString("utf8", keys.ends[index - 1] ?? 0, keys.ends[index]);
  return {
    objectCount: keyCount + keys.undecodable,
    undecodable: keys.undecodable,
    keys,
    keyCount,
    keyAt,
    objectAt: (index) => ({ key: keyAt(index), ...readFields(document, keys.entryOf[index] ?? 0) }),
    lastKey: keyCount > 0 && keys.isLastDecodable ? keyAt(keyCount - 1) : null,
    nextToken: readNextToken(document),
  };
}

function readNextToken({ bytes, isTruncated, nextToken }: ListingDocument): string | null {
  const token = textOf(bytes, nextToken);
  const flag = textOf(bytes, isTruncated);
  if (flag === "false" || (flag === null && token === null)) return null;
  if (flag !== "true" && flag !== null) throw new ListingFormatError("it does not say whether it goes on");
  return token ?? "";
}

function readFields({ bytes, entries }: ListingDocument, entry: number): Omit<ListedObject, "key"> {
  const field = (offset: number): string | null => {
    const start = entries[entry + offset] ?? -1;
    return start < 0 ? null : textOf(bytes, [start, entries[entry + offset + 1] ?? start]);
  };
  const modified = field(LAST_MODIFIED);
  const size = field(SIZE);
  return { etag: field(ETAG), sizeBytes: readSize(size), lastModifiedMs: readTime(modified) };
}

function readSize(text: string | null): number {
  if (text === null) return 0;
  if (!/^\d{1,15}$/.test(text)) throw new ListingFormatError("a size is no number");
  return Number(text);
}

function readTime(text: string | null): number | null {
  if (text === null) return null;
  const atMs = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/.test(text)
    ? Date.parse(text)
    : Number.NaN;
  if (Number.isNaN(atMs)) throw new ListingFormatError("a date is none");
  return atMs;
}

function textOf(bytes: Buffer, span: Span): string | null {
  return span === null ? null : readXmlText(bytes, span[0], span[1]).toString("utf8");
}
