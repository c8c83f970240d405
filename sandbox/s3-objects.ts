import { createHash } from "node:crypto";
import { decodePayload } from "./aws-chunked.ts";
import type { AwsRequest, AwsResponse } from "./aws-request.ts";
import {
  type Bucket,
  currentVersion,
  deleteCurrent,
  deleteVersion,
  type StoredVersion,
  storeObject,
} from "./buckets.ts";
import { S3Error } from "./s3-errors.ts";

const EMPTY = Buffer.alloc(0);
const KEPT_HEADERS =
  /^(content-(type|encoding|disposition|language)|cache-control|expires|x-amz-(meta-.*|server-side-encryption.*|storage-class|website-redirect-location))$/;
const CUSTOMER_KEY_MD5 = "x-amz-server-side-encryption-customer-key-md5";

/** Answers GetObject and HeadObject. */
export function getObject(bucket: Bucket, key: string, request: AwsRequest): AwsResponse {
  const version = findVersion(bucket, key, request.query.get("versionId"));
  if (version.headers[CUSTOMER_KEY_MD5] !== request.headers[CUSTOMER_KEY_MD5]) throw new S3Error("InvalidRequest");
  const headers: Record<string, string> = {
    "content-type": "binary/octet-stream",
    ...version.headers,
    etag: `"${version.etag}"`,
    "last-modified": new Date(version.lastModifiedMs).toUTCString(),
    "accept-ranges": "bytes",
    ...versionHeader(bucket, version),
  };
  const ifMatch = request.headers["if-match"];
  if (ifMatch !== undefined && !matchesEtag(ifMatch, version.etag)) {
    throw new S3Error("PreconditionFailed", { details: { Condition: "If-Match" } });
  }
  const ifNoneMatch = request.headers["if-none-match"];
  if (ifNoneMatch !== undefined && matchesEtag(ifNoneMatch, version.etag)) {
    return { status: 304, headers, body: EMPTY };
  }
  const range = parseRange(request.headers["range"], version.body.length);
  const body = range === null ? version.body : version.body.subarray(range.start, range.end + 1);
  if (range !== null) headers["content-range"] = `bytes ${range.start}-${range.end}/${version.body.length}`;
  headers["content-length"] = String(body.length);
  return { status: range === null ? 200 : 206, headers, body: request.method === "HEAD" ? EMPTY : body };
}

/** Answers PutObject, honouring `If-None-Match: *` and `If-Match`. */
export function putObject(bucket: Bucket, key: string, request: AwsRequest): AwsResponse {
  const current = currentVersion(bucket, key);
  const ifNoneMatch = request.headers["if-none-match"];
  if (ifNoneMatch !== undefined && ifNoneMatch !== "*") throw new S3Error("NotImplemented");
  if (ifNoneMatch === "*" && current !== undefined) {
    throw new S3Error("PreconditionFailed", { details: { Condition: "If-None-Match" } });
  }
  const ifMatch = request.headers["if-match"];
  if (ifMatch !== undefined && current === undefined) throw new S3Error("NoSuchKey", { details: { Key: key } });
  if (ifMatch !== undefined && current !== undefined && !matchesEtag(ifMatch, current.etag)) {
    throw new S3Error("PreconditionFailed", { details: { Condition: "If-Match" } });
  }
  const body = Buffer.from(decodePayload(request));
  const md5 = request.headers["content-md5"];
  if (md5 !== undefined && md5 !== createHash("md5").update(body).digest("base64")) throw new S3Error("BadDigest");
  const kept = Object.entries(request.headers).filter(
    ([name]) => KEPT_HEADERS.test(name) && !name.endsWith("-customer-key"),
  );
  checkSha256(request, body);
  const headers = Object.fromEntries(kept.filter(([, value]) => value !== "aws-chunked" && value !== "STANDARD"));
  const version = storeObject(bucket, key, { body, headers });
  const encryption = Object.entries(version.headers).filter(([name]) =>
    name.startsWith("x-amz-server-side-encryption"),
  );
  return {
    status: 200,
    headers: { etag: `"${version.etag}"`, ...Object.fromEntries(encryption), ...versionHeader(bucket, version) },
    body: EMPTY,
  };
}

function checkSha256(request: AwsRequest, body: Buffer): void {
  const sha256 = request.headers["x-amz-checksum-sha256"];
  if (sha256 === undefined || sha256 === createHash("sha256").update(body).digest("base64")) return;
  throw new S3Error("BadDigest", { message: "The SHA256 you specified did not match the calculated checksum." });
}

/** Answers DeleteObject; `If-Match` looks at the current version only, as on AWS. */
export function deleteObject(bucket: Bucket, key: string, request: AwsRequest): AwsResponse {
  const current = currentVersion(bucket, key);
  const ifMatch = request.headers["if-match"];
  if (ifMatch !== undefined && current === undefined) throw new S3Error("NoSuchKey", { details: { Key: key } });
  if (ifMatch !== undefined && current !== undefined && !matchesEtag(ifMatch, current.etag)) {
    throw new S3Error("PreconditionFailed", { details: { Condition: "If-Match" } });
  }
  const versionId = request.query.get("versionId");
  const headers: Record<string, string> = {};
  if (versionId !== undefined) {
    const removed = deleteVersion(bucket, key, versionId);
    headers["x-amz-version-id"] = versionId;
    if (removed?.isDeleteMarker) headers["x-amz-delete-marker"] = "true";
  } else {
    const marker = deleteCurrent(bucket, key);
    if (marker !== null) {
      headers["x-amz-delete-marker"] = "true";
      headers["x-amz-version-id"] = marker.versionId;
    }
  }
  return { status: 204, headers, body: EMPTY };
}

/** Compares an `If-Match` value, quoted or not, with an ETag. */
export function matchesEtag(condition: string, etag: string): boolean {
  return condition.split(",").some((item) => item.trim() === "*" || item.trim().replaceAll('"', "") === etag);
}

function findVersion(bucket: Bucket, key: string, versionId: string | undefined): StoredVersion {
  const versions = bucket.objects.get(key) ?? [];
  if (versionId !== undefined) {
    const version = versions.find((candidate) => candidate.versionId === versionId);
    if (version === undefined) {
      throw new S3Error("NoSuchVersion", { details: { Key: key, VersionId: versionId } });
    }
    if (!version.isDeleteMarker) return version;
    throw new S3Error("MethodNotAllowed", {
      details: { Method: "GET", ResourceType: "DeleteMarker" },
      headers: { allow: "DELETE", "x-amz-delete-marker": "true", "x-amz-version-id": versionId },
    });
  }
  const newest = versions[0];
  if (newest !== undefined && !newest.isDeleteMarker) return newest;
  const headers: Record<string, string> = newest
    ? { "x-amz-delete-marker": "true", "x-amz-version-id": newest.versionId }
    : {};
  throw new S3Error("NoSuchKey", { details: { Key: key }, headers });
}

function parseRange(header: string | undefined, size: number): { start: number; end: number } | null {
  const [, from, to] = /^bytes=(\d*)-(\d*)$/.exec(header ?? "") ?? [];
  if (header === undefined || from === undefined || to === undefined || from + to === "") return null;
  const start = from === "" ? Math.max(0, size - Number(to)) : Number(from);
  const end = from === "" || to === "" ? size - 1 : Math.min(Number(to), size - 1);
  if (from !== "" && to !== "" && Number(to) < start) return null;
  if (start < size && start <= end) return { start, end };
  throw new S3Error("InvalidRange", {
    details: { RangeRequested: header, ActualObjectSize: String(size) },
    headers: { "content-range": `bytes */${size}` },
  });
}

function versionHeader(bucket: Bucket, version: StoredVersion): Record<string, string> {
  return bucket.versioning === "off" ? {} : { "x-amz-version-id": version.versionId };
}
