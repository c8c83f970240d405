import { createHash, randomBytes } from "node:crypto";
import { compareUtf8, lowerBound } from "./utf8-order.ts";

export type BucketOptions = {
  accountId: string;
  name: string;
  region: string;
  versioning?: "enabled" | "suspended" | "off";
};

export type StoredVersion = {
  /** "null" where the bucket was not versioned at the time of writing. */
  versionId: string;
  isDeleteMarker: boolean;
  body: Buffer;
  /** Without quotes. */
  etag: string;
  lastModifiedMs: number;
  /** Headers given at PUT that a GET gives back. */
  headers: Record<string, string>;
};

export type Bucket = Required<BucketOptions> & {
  /** Newest version first. */
  objects: Map<string, StoredVersion[]>;
  /** Every key with a version or a marker, in S3's order, once `addedKeys` is merged in. */
  sortedKeys: string[];
  addedKeys: string[];
  now: () => number;
};

export type ObjectToStore = {
  body: Buffer;
  etag?: string | undefined;
  lastModifiedMs?: number | undefined;
  headers?: Record<string, string> | undefined;
};

const FEW_KEYS = 50;
const ENCRYPTION = "x-amz-server-side-encryption";
const KEY_ID = "x-amz-server-side-encryption-aws-kms-key-id";

/** Makes an empty bucket; `now` dates what is put into it. */
export function createBucket(options: BucketOptions, now: () => number): Bucket {
  return { versioning: "off", ...options, objects: new Map(), sortedKeys: [], addedKeys: [], now };
}

/** The version a plain GET would give; undefined when there is none or a delete marker hides it. */
export function currentVersion(bucket: Bucket, key: string): StoredVersion | undefined {
  const newest = bucket.objects.get(key)?.[0];
  return newest?.isDeleteMarker ? undefined : newest;
}

/** Every key with a version or a marker, in S3's order. */
export function keysInOrder(bucket: Bucket): string[] {
  const { sortedKeys, addedKeys } = bucket;
  // A lock more or less is put in its place; a bucket being filled is sorted once.
  if (addedKeys.length <= FEW_KEYS) {
    for (const key of addedKeys) sortedKeys.splice(indexOf(sortedKeys, key), 0, key);
  } else {
    bucket.sortedKeys = sortedKeys.concat(addedKeys).sort(compareUtf8);
  }
  bucket.addedKeys = [];
  return bucket.sortedKeys;
}

/** Stores an object as the newest version, following the bucket's versioning. */
export function storeObject(bucket: Bucket, key: string, object: ObjectToStore): StoredVersion {
  const headers = encryptedHeaders(bucket, object.headers ?? {});
  const isMd5Etag = !headers["x-amz-server-side-encryption"]?.startsWith("aws:kms");
  const ownEtag = isMd5Etag ? createHash("md5").update(object.body).digest("hex") : randomBytes(16).toString("hex");
  const version: StoredVersion = {
    versionId: nextVersionId(bucket),
    isDeleteMarker: false,
    body: object.body,
    etag: object.etag ?? ownEtag,
    lastModifiedMs: object.lastModifiedMs ?? bucket.now(),
    headers,
  };
  addVersion(bucket, key, version);
  return version;
}

/** Deletes as S3 does without a version id: for good, or by a marker that is returned. */
export function deleteCurrent(bucket: Bucket, key: string): StoredVersion | null {
  if (bucket.versioning === "off") {
    setVersions(bucket, key, []);
    return null;
  }
  const marker: StoredVersion = {
    versionId: nextVersionId(bucket),
    isDeleteMarker: true,
    body: Buffer.alloc(0),
    etag: "",
    lastModifiedMs: bucket.now(),
    headers: {},
  };
  addVersion(bucket, key, marker);
  return marker;
}

/** Removes one version for good and returns it, if it was there. */
export function deleteVersion(bucket: Bucket, key: string, versionId: string): StoredVersion | undefined {
  const versions = bucket.objects.get(key) ?? [];
  const removed = versions.find((version) => version.versionId === versionId);
  setVersions(
    bucket,
    key,
    versions.filter((version) => version !== removed),
  );
  return removed;
}

/** S3 encrypts what nobody else does, and names the account's own key where a request names none. */
function encryptedHeaders(bucket: Bucket, headers: Record<string, string>): Record<string, string> {
  const isCustomers = headers["x-amz-server-side-encryption-customer-algorithm"] !== undefined;
  const { [ENCRYPTION]: encryption = isCustomers ? undefined : "AES256", [KEY_ID]: keyId, ...others } = headers;
  if (encryption === undefined) return others;
  if (!encryption.startsWith("aws:kms")) return { ...others, [ENCRYPTION]: encryption };
  const ownKey = `arn:aws:kms:${bucket.region}:${bucket.accountId}:key/aws-s3`;
  return { ...others, [ENCRYPTION]: encryption, [KEY_ID]: keyId ?? ownKey };
}

function addVersion(bucket: Bucket, key: string, version: StoredVersion): void {
  const versions = bucket.objects.get(key) ?? [];
  const kept = version.versionId === "null" ? versions.filter((other) => other.versionId !== "null") : versions;
  setVersions(bucket, key, [version, ...kept]);
}

function setVersions(bucket: Bucket, key: string, versions: StoredVersion[]): void {
  const isKnown = bucket.objects.has(key);
  if (versions.length > 0) {
    bucket.objects.set(key, versions);
    if (!isKnown) bucket.addedKeys.push(key);
  } else if (isKnown) {
    bucket.objects.delete(key);
    const sorted = keysInOrder(bucket);
    sorted.splice(indexOf(sorted, key), 1);
  }
}

function indexOf(sorted: readonly string[], key: string): number {
  return lowerBound(sorted, (other) => compareUtf8(other, key) < 0);
}

function nextVersionId(bucket: Bucket): string {
  return bucket.versioning === "enabled" ? randomBytes(24).toString("base64url") : "null";
}
