import { S3Client } from "@aws-sdk/client-s3";
import { type CheckpointBucket, createCheckpointCredentials } from "./checkpoint-credentials.ts";
import { parseCheckpointKey } from "./checkpoint-key.ts";
import { guardCommands } from "./command-guards.ts";
import type { Environment } from "./credentials.ts";
import type { AwsLimits } from "./limits.ts";
import { createRequestHandler } from "./request-handler.ts";

type Input = Readonly<Record<string, unknown>>;

/** A client that can add checkpoints to one folder of one bucket and read them there, and nothing else. */
export function createCheckpointClient(
  bucket: CheckpointBucket,
  folder: string,
  options: { env: Environment | undefined; limits: AwsLimits },
): S3Client {
  const { limits } = options;
  const client = new S3Client({
    region: bucket.region,
    credentials: createCheckpointCredentials(bucket, folder, options),
    requestHandler: createRequestHandler({ limits, isReused: true }),
    maxAttempts: limits.scanAttempts,
    retryMode: "standard",
    followRegionRedirects: false,
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    ...(bucket.endpoint === null ? {} : { endpoint: bucket.endpoint, forcePathStyle: true }),
  });
  const isCheckpoint = ({ Bucket, Key }: Input) =>
    Bucket === bucket.name && typeof Key === "string" && parseCheckpointKey(folder, Key) !== null;
  const put = (input: Input) => {
    if (!isCheckpoint(input)) return NO_CHECKPOINT;
    return input["IfNoneMatch"] === "*" ? null : "it could overwrite a checkpoint";
  };
  const get = (input: Input) => (isCheckpoint(input) ? null : NO_CHECKPOINT);
  const list = ({ Bucket, Prefix }: Input) => (Bucket === bucket.name && Prefix === folder ? null : NO_CHECKPOINT);
  const rules = [
    ["PutObjectCommand", put],
    ["GetObjectCommand", get],
    ["ListObjectsV2Command", list],
  ] as const;
  guardCommands(client.middlewareStack, Object.fromEntries(rules));
  return client;
}

const NO_CHECKPOINT = "it is about something else than the checkpoints";
