import { Readable } from "node:stream";
import {
  GetObjectCommand,
  type GetObjectCommandOutput,
  HeadObjectCommand,
  type HeadObjectCommandOutput,
  type S3Client,
} from "@aws-sdk/client-s3";
import type { Source } from "#lib/domain/source.ts";
import { watchAwsDate } from "./aws-date.ts";
import { InvalidAnswerError, readFailure } from "./aws-failure.ts";
import { formatObjectRecipe } from "./recreate.ts";
import type { ScanCalls } from "./scan-calls.ts";

/** The start of an object's body, with what its answer said of it. */
export type ReadObject = {
  readonly bytes: Uint8Array;
  readonly sizeBytes: number;
  /** Exactly as received, quotes and all: it goes back as `If-Match`. */
  readonly etag: string;
  readonly versionId: string | null;
  readonly lastModifiedMs: number | null;
  /** What it takes beside the bytes to put it again; null when it cannot be the same again. */
  readonly recreate: string | null;
  /** AWS's own time of the answer. */
  readonly awsDateMs: number | null;
  readonly requestId: string | null;
};

/** Reads at most `bytesMax` of a lock object, also from a server that ignores ranges. Throws the SDK's errors. */
export async function readLockObject(
  client: S3Client,
  input: {
    source: Source;
    key: string;
    bytesMax: number;
    abortSignal: AbortSignal;
    calls?: ScanCalls;
    /** An ETag; the object that has it is not sent again, and S3 answers 304, which the SDK throws. */
    ifNoneMatch?: string | undefined;
  },
): Promise<ReadObject> {
  const { source, key, bytesMax, abortSignal, calls, ifNoneMatch } = input;
  const target = { Bucket: source.name, Key: key, ExpectedBucketOwner: source.account.id };
  try {
    const command = new GetObjectCommand({
      ...target,
      Range: `bytes=0-${bytesMax - 1}`,
      IfNoneMatch: ifNoneMatch,
    });
    calls?.count(command.middlewareStack);
    const awsDate = watchAwsDate(command.middlewareStack);
    const answer = await client.send(command, { abortSignal });
    const awsDateMs = awsDate();
    if (answer.ETag === undefined) throw destroyed(answer.Body);
    const bytes = await readCapped(answer.Body, bytesMax);
    const sizeBytes = parseTotal(answer.ContentRange) ?? answer.ContentLength ?? bytes.length;
    if (bytes.length < Math.min(sizeBytes, bytesMax)) throw new InvalidAnswerError("The body ended early.");
    return { bytes, sizeBytes, etag: answer.ETag, awsDateMs, ...factsOf(answer) };
  } catch (error) {
    // Nothing of an empty object satisfies a range.
    if (readFailure(error).status !== 416) throw error;
  }
  const command = new HeadObjectCommand(target);
  calls?.count(command.middlewareStack);
  const awsDate = watchAwsDate(command.middlewareStack);
  const answer = await client.send(command, { abortSignal });
  if (answer.ETag === undefined || answer.ContentLength !== 0) {
    throw new InvalidAnswerError("The object changed while it was read.");
  }
  return { bytes: new Uint8Array(), sizeBytes: 0, etag: answer.ETag, awsDateMs: awsDate(), ...factsOf(answer) };
}

function factsOf(answer: Omit<GetObjectCommandOutput, "Body"> | HeadObjectCommandOutput) {
  return {
    recreate: formatObjectRecipe(answer),
    versionId: answer.VersionId ?? null,
    lastModifiedMs: answer.LastModified?.getTime() ?? null,
    requestId: answer.$metadata.requestId ?? null,
  };
}

async function readCapped(body: unknown, bytesMax: number): Promise<Uint8Array> {
  if (!(body instanceof Readable)) throw new InvalidAnswerError("The answer has no body.");
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    size += chunk.length;
    // Leaving the loop destroys the stream, so the rest is not received.
    if (size > bytesMax) break;
  }
  return new Uint8Array(Buffer.concat(chunks).subarray(0, bytesMax));
}

function parseTotal(contentRange: string | undefined): number | null {
  const total = /\/(\d+)$/.exec(contentRange ?? "")?.[1];
  return total === undefined ? null : Number(total);
}

function destroyed(body: unknown): InvalidAnswerError {
  if (body instanceof Readable) body.destroy();
  return new InvalidAnswerError("The answer has no ETag, so S3 did not give it.");
}
