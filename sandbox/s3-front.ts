import type { AwsRequest, AwsResponse } from "./aws-request.ts";
import { decodePercent } from "./aws-request.ts";
import { type Bucket, currentVersion } from "./buckets.ts";
import type { Authentication, Identities, Principal } from "./identities.ts";
import { escapeXml, formatS3Error, S3Error } from "./s3-errors.ts";
import { type ListingKnobs, listObjectsV2, listObjectVersions } from "./s3-listing.ts";
import { deleteObject, getObject, putObject } from "./s3-objects.ts";

export type S3World = {
  identities: Identities;
  buckets: Map<string, Bucket>;
  listing: ListingKnobs;
};
export type S3Call = { operation: string; bucket: string | null; key: string | null };

/** Sub-resources the sandbox does not have; without this list they would be taken for plain object calls. */
const UNSUPPORTED =
  /^(acl|tagging|policy|policyStatus|uploads|uploadId|attributes|retention|legal-hold|torrent|restore|select|encryption|lifecycle|cors|logging|notification|replication|website|object-lock|publicAccessBlock|ownershipControls|metrics|inventory|analytics|accelerate|requestPayment)$/;
const KEY_BYTES_MAX = 1024;

/** Names what an S3 request asks for; the key is null for calls on a bucket, or when it cannot be decoded. */
export function describeS3(request: AwsRequest): S3Call {
  const path = request.rawPath.replace(/^\//, "");
  const slash = path.indexOf("/");
  const bucket = decodePercent(slash < 0 ? path : path.slice(0, slash)) || null;
  const rawKey = slash < 0 ? "" : path.slice(slash + 1);
  const key = rawKey === "" ? null : decodePercent(rawKey);
  return { operation: nameOperation(request, bucket, rawKey), bucket, key };
}

/** Answers one S3 request; errors come back as S3's XML. */
export function answerS3(world: S3World, call: S3Call, request: AwsRequest, caller: Authentication): AwsResponse {
  try {
    return act(world, call, request, authenticated(caller));
  } catch (error) {
    if (!(error instanceof S3Error)) throw error;
    const region = call.bucket === null ? undefined : world.buckets.get(call.bucket)?.region;
    const isBucketCall = call.operation === "HeadBucket" || error.code === "PermanentRedirect";
    const regionHeader = region !== undefined && isBucketCall ? { "x-amz-bucket-region": region } : {};
    const { status, code, message, details } = error;
    return formatS3Error({ status, code, message, details }, request.method, { ...regionHeader, ...error.headers });
  }
}

function nameOperation(request: AwsRequest, bucket: string | null, rawKey: string): string {
  const { method, query, headers } = request;
  if ([...query.keys()].some((name) => UNSUPPORTED.test(name))) return `Unsupported${method}`;
  if (bucket === null) return method === "GET" ? "ListBuckets" : `Unsupported${method}`;
  if (rawKey === "") {
    if (method === "HEAD") return "HeadBucket";
    if (method === "POST" && query.has("delete")) return "DeleteObjects";
    if (method !== "GET") return `Unsupported${method}`;
    if (query.has("location")) return "GetBucketLocation";
    if (query.has("versioning")) return "GetBucketVersioning";
    if (query.has("versions")) return "ListObjectVersions";
    return query.get("list-type") === "2" ? "ListObjectsV2" : "ListObjects";
  }
  if (method === "PUT" && headers["x-amz-copy-source"] !== undefined) return "CopyObject";
  const names: Record<string, string> = {
    GET: "GetObject",
    HEAD: "HeadObject",
    PUT: "PutObject",
    DELETE: "DeleteObject",
  };
  return names[method] ?? `Unsupported${method}`;
}

function authenticated(caller: Authentication): Principal {
  if ("principal" in caller) return caller.principal;
  const codes = {
    anonymous: "AccessDenied",
    unknown: "InvalidAccessKeyId",
    "bad-token": "InvalidToken",
    expired: "ExpiredToken",
  } as const;
  throw new S3Error(codes[caller.failure]);
}

function act(world: S3World, call: S3Call, request: AwsRequest, principal: Principal): AwsResponse {
  if (call.operation === "ListBuckets") return listBuckets(world, principal);
  const bucket = call.bucket === null ? undefined : world.buckets.get(call.bucket);
  if (bucket === undefined) throw new S3Error("NoSuchBucket", { details: { BucketName: call.bucket ?? "" } });
  if (call.operation !== "GetBucketLocation" && request.scope?.region !== bucket.region) {
    const endpoint = `${bucket.name}.s3.${bucket.region}.amazonaws.com`;
    throw new S3Error("PermanentRedirect", { details: { Endpoint: endpoint, Bucket: bucket.name } });
  }
  const owner = request.headers["x-amz-expected-bucket-owner"];
  if (owner !== undefined && owner !== bucket.accountId) throw new S3Error("AccessDenied");
  if (principal.accountId !== bucket.accountId) throw new S3Error("AccessDenied");
  const demand = (action: string, key?: string) => {
    if (!isAllowed(world.identities, principal, bucket, request, action, key)) throw new S3Error("AccessDenied");
  };
  switch (call.operation) {
    case "ListObjectsV2":
      demand("s3:ListBucket");
      return listObjectsV2(bucket, request, world.listing);
    case "ListObjectVersions":
      demand("s3:ListBucketVersions");
      return listObjectVersions(bucket, request);
    case "HeadBucket":
      demand("s3:ListBucket");
      return { status: 200, headers: { "x-amz-bucket-region": bucket.region }, body: Buffer.alloc(0) };
    case "GetBucketLocation":
      demand("s3:GetBucketLocation");
      return formatLocation(bucket);
    case "GetBucketVersioning":
      demand("s3:GetBucketVersioning");
      return formatVersioning(bucket);
    default:
      return actOnObject(bucket, call, request, demand);
  }
}

function actOnObject(
  bucket: Bucket,
  call: S3Call,
  request: AwsRequest,
  demand: (action: string, key?: string) => void,
): AwsResponse {
  if (!["GetObject", "HeadObject", "PutObject", "DeleteObject"].includes(call.operation)) {
    throw new S3Error("NotImplemented");
  }
  const key = call.key;
  if (key === null) throw new S3Error("InvalidURI");
  if (Buffer.byteLength(key) > KEY_BYTES_MAX) throw new S3Error("KeyTooLongError");
  const suffix = request.query.has("versionId") ? "Version" : "";
  if (call.operation === "PutObject") {
    demand("s3:PutObject", key);
    return putObject(bucket, key, request);
  }
  if (call.operation === "DeleteObject") {
    demand(`s3:DeleteObject${suffix}`, key);
    // AWS documents that a delete which names an ETag also needs the right to read the object.
    if (request.headers["if-match"] !== undefined) demand("s3:GetObject", key);
    return deleteObject(bucket, key, request);
  }
  demand(`s3:GetObject${suffix}`, key);
  // Who may not list a bucket must not learn which keys exist.
  if (suffix === "" && currentVersion(bucket, key) === undefined) demand("s3:ListBucket");
  return getObject(bucket, key, request);
}

function isAllowed(
  identities: Identities,
  principal: Principal,
  bucket: Bucket,
  request: AwsRequest,
  action: string,
  key: string | undefined,
): boolean {
  const context: Record<string, string[]> = {
    "s3:ResourceAccount": [bucket.accountId],
    "aws:ResourceAccount": [bucket.accountId],
  };
  for (const name of ["if-match", "if-none-match"]) {
    const value = request.headers[name];
    if (value !== undefined) context[`s3:${name}`] = [value];
  }
  const prefix = request.query.get("prefix");
  if (prefix !== undefined) context["s3:prefix"] = [prefix];
  const resource = `arn:aws:s3:::${bucket.name}${key === undefined ? "" : `/${key}`}`;
  return identities.isAllowed(principal, { action, resource, context });
}

function listBuckets(world: S3World, principal: Principal): AwsResponse {
  if (!world.identities.isAllowed(principal, { action: "s3:ListAllMyBuckets", resource: "*", context: {} })) {
    throw new S3Error("AccessDenied");
  }
  const owned = [...world.buckets.values()].filter((bucket) => bucket.accountId === principal.accountId);
  const items = owned
    .map(({ name }) => name)
    .sort()
    .map(
      (name) => `<Bucket><Name>${escapeXml(name)}</Name><CreationDate>2024-01-01T00:00:00.000Z</CreationDate></Bucket>`,
    );
  return xmlAnswer(
    `<ListAllMyBucketsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Owner><ID>${principal.accountId}</ID></Owner><Buckets>${items.join("")}</Buckets></ListAllMyBucketsResult>`,
  );
}

function formatLocation(bucket: Bucket): AwsResponse {
  // us-east-1 has no name here, for reasons older than regions.
  const region = bucket.region === "us-east-1" ? "" : bucket.region;
  return xmlAnswer(
    `<LocationConstraint xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${region}</LocationConstraint>`,
  );
}

function formatVersioning(bucket: Bucket): AwsResponse {
  const status = { enabled: "<Status>Enabled</Status>", suspended: "<Status>Suspended</Status>", off: "" }[
    bucket.versioning
  ];
  return xmlAnswer(
    `<VersioningConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${status}</VersioningConfiguration>`,
  );
}

function xmlAnswer(xml: string): AwsResponse {
  const body = Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n${xml}`);
  return { status: 200, headers: { "content-type": "application/xml" }, body };
}
