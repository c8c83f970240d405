import type { AccountSettings } from "#lib/domain/account.ts";
import type { HalfSighting } from "#lib/domain/half.ts";
import { formatSourceId, type Source, type SourceState } from "#lib/domain/source.ts";
import { aLockText, encode } from "./lock-text-builder.ts";

/** The fixed present of the domain's tests. */
export const NOW_MS = Date.UTC(2026, 10, 23, 12, 0, 0);

export function anAccount(name = "payments-prod", id = "111122223333"): AccountSettings {
  return {
    name,
    id,
    region: "eu-west-1",
    scanRoleArn: null,
    unlockRoleArn: null,
    restoreRoleArn: null,
    externalId: null,
    endpoints: { s3: null, dynamodb: null, sts: null },
  };
}

export function aBucket(options: { name?: string; prefix?: string; account?: AccountSettings } = {}): Source {
  const { name = "acme-tfstate", prefix = "", account = anAccount() } = options;
  return {
    id: formatSourceId({ account: account.name, kind: "s3", region: account.region, name, prefix }),
    account,
    kind: "s3",
    name,
    region: account.region,
    prefix,
  };
}

export function aTable(options: { name?: string; account?: AccountSettings } = {}): Source {
  const { name = "terraform-locks", account = anAccount() } = options;
  return {
    id: formatSourceId({ account: account.name, kind: "dynamodb", region: account.region, name, prefix: "" }),
    account,
    kind: "dynamodb",
    name,
    region: account.region,
    prefix: "",
  };
}

type Fields = Parameters<typeof aLockText>[0];
export type SightingOptions = Partial<HalfSighting> & { readonly fields?: Fields };

/** The S3 half of a lock taken an hour ago, seen by several sweeps. */
export function anS3Half(source: Source, options: SightingOptions = {}): HalfSighting {
  const { fields = {}, bucket = source.name, stateKey = "network/terraform.tfstate", ...rest } = options;
  const lastModifiedMs = NOW_MS - 3_600_000;
  return {
    ...aHalf(source, bucket, stateKey, fields, lastModifiedMs),
    mechanism: "s3",
    location: `${stateKey}.tflock`,
    etag: `"${stateKey.length}-${JSON.stringify(fields).length}"`,
    lastModifiedMs,
    ...rest,
  };
}

/** The DynamoDB half of the same lock. */
export function aDynamodbHalf(source: Source, options: SightingOptions = {}): HalfSighting {
  const { fields = {}, bucket = "acme-tfstate", stateKey = "network/terraform.tfstate", ...rest } = options;
  return {
    ...aHalf(source, bucket, stateKey, fields, NOW_MS - 3_600_000),
    mechanism: "dynamodb",
    location: `${bucket}/${stateKey}`,
    etag: null,
    lastModifiedMs: null,
    ...rest,
  };
}

function aHalf(source: Source, bucket: string, stateKey: string, fields: Fields, takenAtMs: number) {
  const created = new Date(takenAtMs).toISOString();
  const text = aLockText({ Created: created, Path: `${bucket}/${stateKey}`, ...fields });
  const bytes = encode(text);
  return {
    id: `${source.id} ${bucket}/${stateKey}`,
    sourceId: source.id,
    bucket,
    stateKey,
    body: { kind: "bytes", bytes, sizeBytes: bytes.length, isTruncated: false },
    // Stands for a hash in tests: equal text, equal fingerprint.
    fingerprint: text,
    versionId: null,
    state: null,
    firstSeenAtMs: takenAtMs,
    lastSeenAtMs: NOW_MS - 20_000,
    sweepsSeen: 60,
    isPaired: false,
    goneAtMs: null,
    goneUnlockId: null,
  } as const;
}

export function aSourceState(source: Source, options: Partial<SourceState> = {}): SourceState {
  return {
    sourceId: source.id,
    status: "ok",
    lastScanAtMs: NOW_MS - 15_000,
    lastAttemptAtMs: NOW_MS - 15_000,
    durationMs: 5000,
    requests: 3,
    objectsSeen: 100,
    locksFound: 1,
    foreignSeen: 0,
    error: null,
    lastRefreshAtMs: null,
    refreshRequests: null,
    readUnits: null,
    notice: null,
    ...options,
  };
}
