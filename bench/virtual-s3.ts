import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createVirtualKeys, type VirtualKeys } from "./virtual-keys.ts";

/** What the bench asks of the server, in a message between the two processes. */
export type VirtualBucket = {
  keys: number;
  latencyMs: number;
  /** Every so many pages one ends early; 0 is never. */
  shortPageEvery: number;
  emptyPageEvery: number;
  /** More requests a second than this are answered with SlowDown; 0 is no limit. */
  requestsPerSecond: number;
};

export type VirtualCounts = {
  requests: number;
  rejected: number;
  rejectedLate: number;
  requestsLate: number;
  inFlightMost: number;
  bytes: number;
};

const PAGE_KEYS = 1000;
/** Rejections later than this are those of a client that did not learn. */
const LEARNING_MS = 2_000;

let bucket: VirtualBucket = { keys: 0, latencyMs: 0, shortPageEvery: 0, emptyPageEvery: 0, requestsPerSecond: 0 };
let keys: VirtualKeys = createVirtualKeys(0);
let counts: VirtualCounts = newCounts();
let inFlight = 0;
let startedMs = 0;
let tokens = 0;
let refilledMs = 0;
let pages = 0;

const server = createServer((request, response) => {
  const arrivedMs = performance.now();
  if (startedMs === 0) startedMs = arrivedMs;
  const isLate = arrivedMs - startedMs > LEARNING_MS;
  counts.requests += 1;
  if (isLate) counts.requestsLate += 1;
  inFlight += 1;
  counts.inFlightMost = Math.max(counts.inFlightMost, inFlight);
  response.once("close", () => {
    inFlight -= 1;
  });
  if (!takeToken(arrivedMs)) {
    counts.rejected += 1;
    if (isLate) counts.rejectedLate += 1;
    response.writeHead(503, { "content-type": "application/xml" });
    response.end("<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>");
    return;
  }
  // The page is made first, so that its making is part of the latency as on a real server.
  const page = Buffer.from(writePage(request), "latin1");
  counts.bytes += page.length;
  const waitMs = bucket.latencyMs - (performance.now() - arrivedMs);
  if (waitMs > 0) setTimeout(() => send(response, page), waitMs);
  else send(response, page);
});

process.on("message", (message: { bucket?: VirtualBucket }) => {
  if (message.bucket !== undefined) {
    bucket = message.bucket;
    if (keys.count !== bucket.keys) keys = createVirtualKeys(bucket.keys);
    counts = newCounts();
    startedMs = 0;
    tokens = bucket.requestsPerSecond / 10;
    pages = 0;
  }
  process.send?.({ counts });
});
process.on("disconnect", () => process.exit());

server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (address !== null && typeof address !== "string") process.send?.({ url: `http://127.0.0.1:${address.port}` });
});

function send(response: ServerResponse, page: Buffer): void {
  response.writeHead(200, { "content-type": "application/xml", "content-length": page.length });
  response.end(page);
}

/** A bucket of tokens that holds a tenth of a second. */
function takeToken(nowMs: number): boolean {
  const { requestsPerSecond } = bucket;
  if (requestsPerSecond === 0) return true;
  tokens = Math.min(requestsPerSecond / 10, tokens + ((nowMs - refilledMs) * requestsPerSecond) / 1000);
  refilledMs = nowMs;
  if (tokens < 1) return false;
  tokens -= 1;
  return true;
}

function writePage(request: IncomingMessage): string {
  const query = new URL(request.url ?? "/", "http://localhost").searchParams;
  const prefix = query.get("prefix") ?? "";
  if (query.get("delimiter") === "/") return writeRoots(prefix);
  pages += 1;
  const token = query.get("continuation-token");
  const after = token === null ? (query.get("start-after") ?? "") : token.slice(1);
  // One index past the prefix's keys: a prefix ends before the same one with a higher last character.
  const end = prefix === "" ? keys.count : keys.indexAfter(`${prefix}\u007f`);
  const start = Math.max(keys.indexAfter(after), prefix === "" ? 0 : keys.indexAfter(prefix));
  const isEmpty = isTurn(bucket.emptyPageEvery) && !token?.startsWith("e");
  const size = isEmpty ? 0 : isTurn(bucket.shortPageEvery) ? PAGE_KEYS / 2 : PAGE_KEYS;
  const stop = Math.min(start + size, end);
  const last = stop > start ? keys.keyAt(stop - 1) : after;
  const encode = query.get("encoding-type") === "url" ? urlEncode : (text: string) => text;
  const parts = [
    '<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">',
    `<Name>virtual</Name><Prefix>${encode(prefix)}</Prefix><KeyCount>${stop - start}</KeyCount><MaxKeys>1000</MaxKeys>`,
    query.get("encoding-type") === "url" ? "<EncodingType>url</EncodingType>" : "",
    stop < end
      ? `<IsTruncated>true</IsTruncated><NextContinuationToken>${isEmpty ? "e" : "n"}${last}</NextContinuationToken>`
      : "<IsTruncated>false</IsTruncated>",
  ];
  for (let index = start; index < stop; index += 1) parts.push("<Contents><Key>", encode(keys.keyAt(index)), REST);
  parts.push("</ListBucketResult>");
  return parts.join("");
}

/** What S3 writes of each object behind its key. */
const REST =
  "</Key><LastModified>2026-11-01T12:34:56.000Z</LastModified><ETag>&quot;9e107d9d372bb6826bd81d3542a419d6&quot;</ETag>" +
  "<ChecksumAlgorithm>CRC64NVME</ChecksumAlgorithm><ChecksumType>FULL_OBJECT</ChecksumType><Size>4096</Size>" +
  "<StorageClass>STANDARD</StorageClass></Contents>";

/** The directories at the root, for the contender that lists each of them. */
function writeRoots(prefix: string): string {
  const roots = prefix === "" ? ["AWSLogs/", "env:/", "teams/"] : [];
  const prefixes = roots.map((root) => `<CommonPrefixes><Prefix>${root}</Prefix></CommonPrefixes>`).join("");
  return `<ListBucketResult><Name>virtual</Name><IsTruncated>false</IsTruncated>${prefixes}</ListBucketResult>`;
}

function urlEncode(key: string): string {
  return key.includes(":") ? key.replaceAll(":", "%3A") : key;
}

function isTurn(every: number): boolean {
  return every > 0 && pages % every === 0;
}

function newCounts(): VirtualCounts {
  return { requests: 0, rejected: 0, rejectedLate: 0, requestsLate: 0, inFlightMost: 0, bytes: 0 };
}
