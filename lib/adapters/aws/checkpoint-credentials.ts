import type { AwsCredentialIdentityProvider } from "@smithy/types";
import { partitionOf } from "./account-clients.ts";
import { assumeRole } from "./assume-role.ts";
import { createAmbientProvider, type Environment } from "./credentials.ts";
import type { AwsLimits } from "./limits.ts";

export type CheckpointBucket = {
  readonly name: string;
  readonly region: string;
  readonly prefix: string;
  readonly roleArn: string | null;
  readonly externalId: string | null;
  /** Of an S3-compatible store, which then also gives the role's session. */
  readonly endpoint: string | null;
};

const SESSION_SECONDS = 3_600;

/** Credentials for the bucket of checkpoints alone: no scan and no unlock uses them. The SDK renews them in time. */
export function createCheckpointCredentials(
  bucket: CheckpointBucket,
  folder: string,
  options: { env: Environment | undefined; limits: AwsLimits },
): AwsCredentialIdentityProvider {
  const base = createAmbientProvider(options.env);
  const { roleArn, region, externalId, endpoint } = bucket;
  if (roleArn === null) return base;
  const { limits } = options;
  const account = {
    name: "checkpoints",
    id: roleArn.split(":")[4] ?? "",
    region,
    scanRoleArn: null,
    unlockRoleArn: null,
    restoreRoleArn: null,
    externalId,
    endpoints: { s3: endpoint, dynamodb: null, sts: endpoint },
  };
  const request = {
    account,
    roleArn,
    sessionName: "lockkeeper-checkpoints",
    durationSeconds: SESSION_SECONDS,
    policy: formatPolicy(bucket, folder),
  };
  return () => assumeRole(request, { base, limits, timeoutMs: limits.requestMs, attempts: limits.scanAttempts });
}

function formatPolicy({ name, region }: CheckpointBucket, folder: string): string {
  const arn = `arn:${partitionOf(region)}:s3:::${name}`;
  // In a policy these have a meaning of their own.
  const isPlain = !/[*?$]/.test(folder);
  const objects = isPlain ? `${arn}/${folder}*` : `${arn}/*`;
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      { Effect: "Allow", Action: ["s3:PutObject", "s3:GetObject"], Resource: objects },
      { Effect: "Allow", Action: "s3:ListBucket", Resource: arn },
    ],
  });
}
