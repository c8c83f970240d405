import type { AwsRequest, AwsResponse } from "./aws-request.ts";
import { type Bucket, currentVersion, keysInOrder, type StoredVersion } from "./buckets.ts";
import { escapeXml, S3Error } from "./s3-errors.ts";
import { compareUtf8, lowerBound } from "./utf8-order.ts";

export type ListingKnobs = {
  /** Most keys on one page, whatever the client asks for. */
  maxKeys?: number;
  /** Truncated pages with fewer keys than asked for: 1, 2, 3, 1, 2, 3 … */
  shortPages?: boolean;
  /** A truncated page without keys before each page, and a last empty page after the last key. */
  emptyPages?: boolean;
};

type Entry = { kind: "key"; text: string; version: StoredVersion } | { kind: "prefix"; text: string };
/** Where the next page starts: after this key or common prefix. `isPaused` is set on the token of an empty page. */
type Token = { after: string; isPaused: boolean };

const KEYS_PER_PAGE_MAX = 1000;
/** The part of an entry that depends on the version alone: big buckets are listed again and again. */
const contents = new WeakMap<StoredVersion, string>();
let shortPageCount = 0;

/** Answers ListObjectsV2. */
export function listObjectsV2(bucket: Bucket, request: AwsRequest, knobs: ListingKnobs): AwsResponse {
  const query = request.query;
  const prefix = query.get("prefix") ?? "";
  const delimiter = query.get("delimiter") ?? "";
  const startAfter = query.get("start-after") ?? "";
  const continuation = query.get("continuation-token");
  const encode = encoderFor(query.get("encoding-type"));
  const maxKeys = parseMaxKeys(query.get("max-keys"));
  const token = continuation === undefined ? { after: startAfter, isPaused: false } : parseToken(continuation);

  const isEmptyPage = (knobs.emptyPages ?? false) && !token.isPaused && maxKeys > 0;
  const limit = isEmptyPage ? 0 : pageSize(maxKeys, knobs);
  const page = collectPage(bucket, { prefix, delimiter, after: token.after, limit });
  const last = page.entries.at(-1)?.text ?? token.after;
  const isTruncated =
    maxKeys > 0 && (page.isMore || isEmptyPage || ((knobs.emptyPages ?? false) && page.entries.length > 0));
  const next = isTruncated ? formatToken({ after: last, isPaused: isEmptyPage }) : null;

  const xml = [
    `<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">`,
    element("Name", bucket.name),
    element("Prefix", encode(prefix)),
    query.has("start-after") ? element("StartAfter", encode(startAfter)) : "",
    continuation === undefined ? "" : element("ContinuationToken", continuation),
    next === null ? "" : element("NextContinuationToken", next),
    element("KeyCount", String(page.entries.length)),
    element("MaxKeys", String(maxKeys)),
    delimiter === "" ? "" : element("Delimiter", encode(delimiter)),
    query.has("encoding-type") ? element("EncodingType", "url") : "",
    element("IsTruncated", String(isTruncated)),
    ...page.entries.map((entry) => formatEntry(entry, encode)),
    "</ListBucketResult>",
  ].join("");
  return { status: 200, headers: { "content-type": "application/xml" }, body: Buffer.from(xml) };
}

/** Answers ListObjectVersions: versions and delete markers, keys in order, newest first. */
export function listObjectVersions(bucket: Bucket, request: AwsRequest): AwsResponse {
  const query = request.query;
  const prefix = query.get("prefix") ?? "";
  const encode = encoderFor(query.get("encoding-type"));
  const maxKeys = parseMaxKeys(query.get("max-keys"));
  const keyMarker = query.get("key-marker") ?? "";
  const versionMarker = query.get("version-id-marker") ?? "";
  const all = versionsUnder(bucket, prefix);
  const at = all.findIndex(({ key, version }) => key === keyMarker && version.versionId === versionMarker);
  const rest =
    at >= 0 ? all.slice(at + 1) : all.filter(({ key }) => compareUtf8(key, keyMarker) > 0 || keyMarker === "");
  const page = rest.slice(0, maxKeys);
  const last = page.at(-1);
  const isTruncated = last !== undefined && rest.length > page.length;

  const xml = [
    `<?xml version="1.0" encoding="UTF-8"?>\n<ListVersionsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">`,
    element("Name", bucket.name),
    element("Prefix", encode(prefix)),
    element("KeyMarker", encode(keyMarker)),
    element("VersionIdMarker", versionMarker),
    isTruncated ? element("NextKeyMarker", encode(last.key)) : "",
    isTruncated ? element("NextVersionIdMarker", last.version.versionId) : "",
    element("MaxKeys", String(maxKeys)),
    query.has("encoding-type") ? element("EncodingType", "url") : "",
    element("IsTruncated", String(isTruncated)),
    ...page.map(({ key, version, isLatest }) => {
      const name = version.isDeleteMarker ? "DeleteMarker" : "Version";
      const head = `${element("Key", encode(key))}${element("VersionId", version.versionId)}${element("IsLatest", String(isLatest))}`;
      const content = version.isDeleteMarker
        ? element("LastModified", isoSecond(version.lastModifiedMs))
        : contentOf(version);
      return `<${name}>${head}${content}</${name}>`;
    }),
    "</ListVersionsResult>",
  ].join("");
  return { status: 200, headers: { "content-type": "application/xml" }, body: Buffer.from(xml) };
}

/** All versions and markers under a prefix, in the order S3 lists them. */
export function versionsUnder(
  bucket: Bucket,
  prefix: string,
): { key: string; version: StoredVersion; isLatest: boolean }[] {
  return keysInOrder(bucket)
    .filter((key) => key.startsWith(prefix))
    .flatMap((key) =>
      (bucket.objects.get(key) ?? []).map((version, index) => ({ key, version, isLatest: index === 0 })),
    );
}

function collectPage(
  bucket: Bucket,
  options: { prefix: string; delimiter: string; after: string; limit: number },
): { entries: Entry[]; isMore: boolean } {
  const { prefix, delimiter, after, limit } = options;
  const keys = keysInOrder(bucket);
  const entries: Entry[] = [];
  const isBefore = (key: string) => compareUtf8(key, prefix) < 0 || compareUtf8(key, after) <= 0;
  let at = after === "" ? lowerBound(keys, (key) => compareUtf8(key, prefix) < 0) : lowerBound(keys, isBefore);
  for (;;) {
    const key = keys[at];
    if (key === undefined || !key.startsWith(prefix)) return { entries, isMore: false };
    const version = currentVersion(bucket, key);
    const cut = delimiter === "" ? -1 : key.indexOf(delimiter, prefix.length);
    const rolledUp = cut < 0 ? null : key.slice(0, cut + delimiter.length);
    if (version === undefined) {
      at += 1;
    } else if (rolledUp !== null && rolledUp === after) {
      at = lowerBound(keys, (other) => other.startsWith(rolledUp), at);
    } else if (entries.length >= limit) {
      return { entries, isMore: true };
    } else if (rolledUp !== null) {
      entries.push({ kind: "prefix", text: rolledUp });
      at = lowerBound(keys, (other) => other.startsWith(rolledUp), at);
    } else {
      entries.push({ kind: "key", text: key, version });
      at += 1;
    }
  }
}

function pageSize(maxKeys: number, knobs: ListingKnobs): number {
  const size = Math.min(maxKeys, knobs.maxKeys ?? KEYS_PER_PAGE_MAX);
  if (!knobs.shortPages) return size;
  shortPageCount += 1;
  return Math.min(size, 1 + (shortPageCount % 3));
}

function parseMaxKeys(text: string | undefined): number {
  if (text === undefined || text === "") return KEYS_PER_PAGE_MAX;
  const maxKeys = Number(text);
  if (!Number.isInteger(maxKeys) || maxKeys < 0) {
    throw new S3Error("InvalidArgument", {
      message: "Provided max-keys not an integer or within integer range",
      details: { ArgumentName: "max-keys", ArgumentValue: text },
    });
  }
  return Math.min(maxKeys, KEYS_PER_PAGE_MAX);
}

function formatToken(token: Token): string {
  return Buffer.from(`${token.isPaused ? "p" : "n"}${token.after}`).toString("base64");
}

function parseToken(text: string): Token {
  const decoded = Buffer.from(text, "base64").toString();
  if (!/^[pn]/.test(decoded)) {
    throw new S3Error("InvalidArgument", {
      message: "The continuation token provided is incorrect",
      details: { ArgumentName: "continuation-token" },
    });
  }
  return { isPaused: decoded.startsWith("p"), after: decoded.slice(1) };
}

/** S3's `encoding-type=url` is form encoding that leaves `/` alone: a space becomes `+`. */
function encoderFor(encodingType: string | undefined): (text: string) => string {
  if (encodingType === undefined) return (text) => text;
  if (encodingType !== "url") {
    throw new S3Error("InvalidArgument", {
      message: "Invalid Encoding Method specified in Request",
      details: { ArgumentName: "encoding-type", ArgumentValue: encodingType },
    });
  }
  return (text) => {
    if (/^[\w./-]*$/.test(text)) return text;
    return encodeURIComponent(text)
      .replaceAll("%20", "+")
      .replaceAll("%2F", "/")
      .replace(/[!'()~]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
  };
}

function formatEntry(entry: Entry, encode: (text: string) => string): string {
  if (entry.kind === "prefix") return `<CommonPrefixes>${element("Prefix", encode(entry.text))}</CommonPrefixes>`;
  return `<Contents>${element("Key", encode(entry.text))}${contentOf(entry.version)}</Contents>`;
}

function contentOf(version: StoredVersion): string {
  const known = contents.get(version);
  if (known !== undefined) return known;
  const xml = [
    element("LastModified", isoSecond(version.lastModifiedMs)),
    element("ETag", `"${version.etag}"`),
    element("Size", String(version.body.length)),
    element("StorageClass", version.headers["x-amz-storage-class"] ?? "STANDARD"),
  ].join("");
  contents.set(version, xml);
  return xml;
}

/** S3 knows whole seconds only. */
function isoSecond(atMs: number): string {
  return new Date(Math.floor(atMs / 1000) * 1000).toISOString();
}

function element(name: string, text: string): string {
  return `<${name}>${escapeXml(text)}</${name}>`;
}
