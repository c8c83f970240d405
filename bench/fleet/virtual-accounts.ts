import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";

/**
 * Many small buckets and lock tables on one port, as a process of its own: every source holds `locksEach` locks with their
 * states. Keeps nothing: what a source holds follows from its name.
 */
export type FleetSettings = {
  locksEach: number;
  latencyMs: number;
  /** A bucket whose requests are never answered. */
  hanging: string | null;
  /** A bucket that holds one lock more. */
  grown: string | null;
};

export type FleetCounts = { requests: number; lists: number; gets: number; scans: number; writes: number };

let settings: FleetSettings = { locksEach: 0, latencyMs: 0, hanging: null, grown: null };
let counts: FleetCounts = newCounts();

const STARTED = "2026-11-24T00:00:00Z";

const server = createServer((request, response) => {
  void answer(request, response);
});

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? "/", "http://fleet");
  const [, bucket = "", ...rest] = decodeURIComponent(url.pathname).split("/");
  counts.requests += 1;
  if (bucket !== "" && bucket === settings.hanging) return;
  const made =
    request.method === "POST" ? await answerDynamodb(request) : answerS3(request, bucket, rest.join("/"), url);
  setTimeout(() => {
    response.writeHead(made.status, { date: new Date().toUTCString(), "x-amz-request-id": "fleet", ...made.headers });
    response.end(request.method === "HEAD" ? undefined : made.body);
  }, settings.latencyMs);
}

type Made = { status: number; headers: Record<string, string>; body: string };

function answerS3(request: IncomingMessage, bucket: string, key: string, url: URL): Made {
  if (request.method !== "GET" && request.method !== "HEAD") {
    counts.writes += 1;
    return { status: 405, headers: {}, body: "" };
  }
  if (key === "") {
    counts.lists += 1;
    return { status: 200, headers: { "content-type": "application/xml" }, body: writeListing(bucket, url) };
  }
  counts.gets += 1;
  const found = /^live\/(\d{4})\/terraform\.tfstate\.tflock$/.exec(key);
  if (found === null || Number(found[1]) >= locksOf(bucket)) {
    return {
      status: 404,
      headers: { "content-type": "application/xml" },
      body: "<Error><Code>NoSuchKey</Code></Error>",
    };
  }
  const etag = etagOf(key);
  const headers = { etag, "last-modified": new Date(STARTED).toUTCString(), "content-type": "application/json" };
  if (request.headers["if-none-match"] === etag) return { status: 304, headers, body: "" };
  return { status: 200, headers, body: lockText(bucket, key.slice(0, -".tflock".length)) };
}

function locksOf(bucket: string): number {
  return settings.locksEach + (bucket === settings.grown ? 1 : 0);
}

function writeListing(bucket: string, url: URL): string {
  const after = url.searchParams.get("start-after") ?? "";
  const keys = Array.from({ length: locksOf(bucket) }, (_, index) => `live/${pad(index)}/terraform.tfstate`)
    .flatMap((state) => [state, `${state}.tflock`])
    .filter((key) => key > after);
  const entries = keys.map(
    (key) =>
      `<Contents><Key>${key}</Key><LastModified>2026-11-24T00:00:00.000Z</LastModified><ETag>${etagOf(key).replaceAll('"', "&quot;")}</ETag>` +
      `<Size>${key.endsWith(".tflock") ? lockText(bucket, key.slice(0, -7)).length : 4096}</Size><StorageClass>STANDARD</StorageClass></Contents>`,
  );
  return (
    '<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">' +
    `<Name>${bucket}</Name><Prefix></Prefix><KeyCount>${keys.length}</KeyCount><MaxKeys>1000</MaxKeys>` +
    `<EncodingType>url</EncodingType><IsTruncated>false</IsTruncated>${entries.join("")}</ListBucketResult>`
  );
}

async function answerDynamodb(request: IncomingMessage): Promise<Made> {
  const operation = String(request.headers["x-amz-target"]).split(".").at(-1);
  const input: { TableName?: string; ExclusiveStartKey?: unknown } = JSON.parse(await text(request));
  const headers = { "content-type": "application/x-amz-json-1.0" };
  const table = input.TableName ?? "";
  if (operation === "DescribeTable") {
    const Table = {
      TableName: table,
      TableStatus: "ACTIVE",
      BillingModeSummary: { BillingMode: "PAY_PER_REQUEST" },
      TableSizeBytes: 400 * settings.locksEach,
      ItemCount: settings.locksEach,
    };
    return { status: 200, headers, body: JSON.stringify({ Table }) };
  }
  if (operation !== "Scan") return { status: 400, headers, body: '{"__type":"UnknownOperationException"}' };
  counts.scans += 1;
  const Items = Array.from({ length: settings.locksEach }, (_, index) => {
    const state = `live/${pad(index)}/terraform.tfstate`;
    return { LockID: { S: `${table}-states/${state}` }, Info: { S: lockText(`${table}-states`, state) } };
  });
  const ConsumedCapacity = { TableName: table, CapacityUnits: Items.length / 20 };
  return {
    status: 200,
    headers,
    body: JSON.stringify({ Items, Count: Items.length, ScannedCount: Items.length, ConsumedCapacity }),
  };
}

function lockText(bucket: string, state: string): string {
  return JSON.stringify({
    ID: lockId(`${bucket}/${state}`),
    Operation: "OperationTypeApply",
    Info: "",
    Who: "runner@ci-7",
    Version: "1.13.4",
    Created: STARTED,
    Path: `${bucket}/${state}`,
  });
}

/** Any number that looks like a UUID and is always the same for a path. */
function lockId(path: string): string {
  let hash = 0;
  for (let index = 0; index < path.length; index += 1) hash = (hash * 31 + path.charCodeAt(index)) >>> 0;
  return `${hash.toString(16).padStart(8, "0")}-0000-4000-8000-${String(path.length).padStart(12, "0")}`;
}

function etagOf(key: string): string {
  return `"${lockId(key).replaceAll("-", "")}"`;
}

function pad(index: number): string {
  return String(index).padStart(4, "0");
}

function newCounts(): FleetCounts {
  return { requests: 0, lists: 0, gets: 0, scans: 0, writes: 0 };
}

process.on("message", (message: { settings?: FleetSettings }) => {
  if (message.settings !== undefined) {
    settings = message.settings;
    counts = newCounts();
  }
  process.send?.({ counts });
});
process.on("disconnect", () => process.exit());

server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (address !== null && typeof address !== "string") process.send?.({ url: `http://127.0.0.1:${address.port}` });
});
