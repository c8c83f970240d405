import { createHash } from "node:crypto";
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from "@aws-sdk/client-s3";
import type { Checkpoint, CheckpointSink } from "#lib/services/ports/trail.ts";
import { AssumeRoleError } from "./assume-role.ts";
import { isAccessDenied } from "./aws-errors.ts";
import { readFailure } from "./aws-failure.ts";
import { createCheckpointClient } from "./checkpoint-client.ts";
import type { CheckpointBucket } from "./checkpoint-credentials.ts";
import { checkpointFolder, formatCheckpointKey } from "./checkpoint-key.ts";
import type { Environment } from "./credentials.ts";
import { AWS_LIMITS, type AwsLimits } from "./limits.ts";
import { findNewestKey } from "./newest-key.ts";
import { callWithin } from "./time-limit.ts";

const NOTE_BYTES_MAX = 16 * 1024;

/** A bucket that keeps each checkpoint as an object of its own, which nothing overwrites; the client can do nothing else in it. */
export function createBucketSink(options: {
  bucket: CheckpointBucket;
  /** The first line of the checkpoints, so that several logs may share a bucket. */
  origin: string;
  env?: Environment;
  limits?: Partial<AwsLimits>;
}): CheckpointSink {
  const { bucket, origin } = options;
  const limits = { ...AWS_LIMITS, ...options.limits };
  const folder = checkpointFolder(bucket.prefix, origin);
  const client = createCheckpointClient(bucket, folder, { env: options.env, limits });
  let newest: { readonly key: string; readonly note: string } | null = null;
  let mayRead = true;

  async function ask<T>(call: (abortSignal: AbortSignal) => Promise<T>): Promise<T> {
    return callWithin(limits.scanCallMs, call);
  }

  async function readNote(key: string): Promise<string> {
    return ask(async (abortSignal) => {
      const target = { Bucket: bucket.name, Key: key, Range: `bytes=0-${NOTE_BYTES_MAX - 1}` };
      const answer = await client.send(new GetObjectCommand(target), { abortSignal });
      return (await answer.Body?.transformToString()) ?? "";
    });
  }

  async function listAfter(after: string, count: number) {
    const page = { Bucket: bucket.name, Prefix: folder, StartAfter: after, MaxKeys: count };
    let token: string | undefined;
    for (;;) {
      const command = new ListObjectsV2Command({ ...page, ContinuationToken: token });
      const answer = await ask((abortSignal) => client.send(command, { abortSignal }));
      const keys = (answer.Contents ?? []).flatMap(({ Key }) => (Key === undefined ? [] : [Key]));
      token = answer.NextContinuationToken;
      // S3 may answer with an empty page before the end.
      if (keys.length > 0 || token === undefined) return { keys, isLast: token === undefined };
    }
  }

  return {
    name: `bucket ${bucket.name}`,
    async write(checkpoint) {
      const key = formatCheckpointKey(folder, checkpoint);
      try {
        await ask((abortSignal) => client.send(toPut(bucket.name, key, checkpoint), { abortSignal }));
      } catch (error) {
        if (readFailure(error).status !== 412) throw toPlainError(error);
        if (mayRead && (await readNote(key).catch(() => checkpoint.note)) !== checkpoint.note) {
          throw new Error(`${key} is there already, and is another checkpoint.`, { cause: error });
        }
      }
      if (newest === null || key > newest.key) newest = { key, note: checkpoint.note };
    },
    async readLatest() {
      if (!mayRead) return newest?.note ?? null;
      try {
        const key = await findNewestKey({ folder, after: newest?.key ?? folder, listAfter });
        if (key !== null) newest = { key, note: await readNote(key) };
        return newest?.note ?? null;
      } catch (error) {
        if (!isAccessDenied(readFailure(error))) throw toPlainError(error);
        // A role that may only write is a good choice for this bucket.
        mayRead = false;
        return newest?.note ?? null;
      }
    },
  };
}

function toPut(bucket: string, key: string, { note }: Checkpoint): PutObjectCommand {
  const bytes = new TextEncoder().encode(note);
  return new PutObjectCommand({
    Bucket: bucket,
    Key: key,
    Body: bytes,
    ContentType: "text/plain; charset=utf-8",
    // A bucket with Object Lock takes nothing without a digest of it.
    ContentMD5: createHash("md5").update(bytes).digest("base64"),
    IfNoneMatch: "*",
  });
}

/** What the log may say: nothing of what AWS, or whoever answered in its place, wrote. */
function toPlainError(cause: unknown): Error {
  const { kind, code, status } = readFailure(cause);
  const said = [kind.replaceAll("_", " "), code, status === null ? "" : `(${status})`].filter((part) => part !== "");
  const subject = cause instanceof AssumeRoleError ? "The role for checkpoints" : "The bucket of checkpoints";
  return new Error(`${subject} could not be used: ${said.join(" ")}.`, { cause });
}
