import type { SourceIdentityMode } from "#lib/domain/account.ts";
import type { AccessConfig } from "./access-config.ts";
/** What Lockkeeper watches, with every default filled in. */
export type Config = {
  readonly accounts: readonly AccountConfig[];
  readonly scan: ScanConfig;
  /** For how long after its outcome an unlock can be undone; 0 switches that off. */
  readonly restore: { readonly windowMs: number };
  readonly audit: AuditConfig;
  readonly access: AccessConfig;
};

export type AccountConfig = {
  readonly name: string;
  readonly id: string;
  readonly region: string;
  readonly scanRoleArn?: string;
  readonly unlockRoleArn?: string;
  readonly restoreRoleArn?: string;
  readonly externalId?: string;
  readonly sourceIdentity?: SourceIdentityMode;
  readonly buckets: readonly BucketConfig[];
  readonly tables: readonly TableConfig[];
  readonly endpoints: EndpointsConfig;
};

/** How often sources are looked at. */
export type ScanConfig = {
  readonly everyMs: number;
  /** Between two whole sweeps of a big bucket; 0 makes every look one. */
  readonly coldEveryMs: number;
  /** For each source; without it there is no limit. */
  readonly requestsPerDay?: number;
};

/** What one source has instead of the settings for all. */
export type SourceScanConfig = { readonly everyMs?: number; readonly requestsPerDay?: number };

export type BucketConfig = SourceScanConfig & {
  readonly name: string;
  readonly prefix: string;
  readonly region: string;
};

export type TableConfig = SourceScanConfig & { readonly name: string; readonly region: string };

export type EndpointsConfig = { readonly s3?: string; readonly dynamodb?: string; readonly sts?: string };

/** Where the audit trail goes beside the database. */
export type AuditConfig = {
  readonly checkpoints: { readonly bucket?: CheckpointBucketConfig };
  readonly webhooks: readonly WebhookConfig[];
};

export type CheckpointBucketConfig = {
  readonly name: string;
  readonly region: string;
  readonly prefix: string;
  readonly roleArn?: string;
  readonly externalId?: string;
  readonly endpoint?: string;
};

export type WebhookConfig = {
  readonly name: string;
  readonly url: string;
  /** Every one of them signs. */
  readonly secrets: readonly string[];
  readonly allowPrivate: boolean;
};

/** One thing that is wrong, where it stands, and what to write instead. Never carries a configured value. */
export type ConfigProblem = {
  readonly line: number;
  readonly column: number;
  readonly path: string;
  readonly message: string;
  readonly hint: string;
};
