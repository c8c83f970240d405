import { type DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import type { S3Client } from "@aws-sdk/client-s3";
import type { HalfBody } from "#lib/domain/half.ts";
import type { Source } from "#lib/domain/source.ts";
import type { HalfRead } from "#lib/services/ports/halves.ts";
import { formatTableName } from "./account-clients.ts";
import { watchAwsDate } from "./aws-date.ts";
import { describeFailure, isAccessDenied, isUnreadable } from "./aws-errors.ts";
import { type AwsFailure, InvalidAnswerError, readFailure } from "./aws-failure.ts";
import { quoteEtag } from "./etag.ts";
import { fingerprintOf } from "./fingerprint.ts";
import type { AwsOperation } from "./iam-statements.ts";
import { readItem } from "./lock-item.ts";
import { readLockObject } from "./s3-object.ts";
import { callWithin } from "./time-limit.ts";

type HalfRequest<Client> = {
  readonly client: Client;
  readonly source: Source;
  readonly location: string;
  readonly bytesMax: number;
  readonly timeoutMs: number;
};

/** Reads a lock object as it is now; S3 reads are strongly consistent. Never throws. */
export async function readObjectHalf(request: HalfRequest<S3Client>): Promise<HalfRead> {
  const { client, source, location: key, bytesMax, timeoutMs } = request;
  try {
    const read = await callWithin(timeoutMs, (abortSignal) =>
      readLockObject(client, { source, key, bytesMax, abortSignal }),
    );
    const { bytes, sizeBytes, etag, versionId, lastModifiedMs, awsDateMs, requestId } = read;
    const isTruncated = sizeBytes > bytes.length;
    const body: HalfBody = { kind: "bytes", bytes, sizeBytes, isTruncated };
    const guard = { kind: "etag", etag } as const;
    return {
      kind: "present",
      body,
      fingerprint: fingerprintOf(body),
      etag: quoteEtag(etag),
      versionId,
      lastModifiedMs,
      guard,
      recreate: isTruncated ? null : read.recreate,
      awsDateMs,
      requestId,
    };
  } catch (thrown) {
    const failure = readFailure(thrown);
    const { awsDateMs, requestId } = failure;
    if (isAbsent(failure)) return { kind: "absent", awsDateMs, requestId };
    return explainUnread(thrown, source, "GetObject");
  }
}

/** Reads a lock item with a strongly consistent read. A digest in its place is no lock, so the lock is absent. Never throws. */
export async function readItemHalf(request: HalfRequest<DynamoDBClient>): Promise<HalfRead> {
  const { client, source, location, bytesMax, timeoutMs } = request;
  try {
    const command = new GetItemCommand({
      TableName: formatTableName(source),
      Key: { LockID: { S: location } },
      ConsistentRead: true,
    });
    const awsDate = watchAwsDate(command.middlewareStack);
    const answer = await callWithin(timeoutMs, (abortSignal) => client.send(command, { abortSignal }));
    const awsDateMs = awsDate();
    const { requestId, httpStatusCode } = answer.$metadata;
    // An empty answer means "absent", so it must surely be DynamoDB's.
    if (httpStatusCode !== 200 || (requestId === undefined && answer.Item === undefined)) {
      throw new InvalidAnswerError("What answered in place of DynamoDB gives no item and no request ID.");
    }
    const item = answer.Item === undefined ? null : readItem(answer.Item, bytesMax);
    if (item?.kind !== "lock") return { kind: "absent", awsDateMs, requestId: requestId ?? null };
    const { body, info, recreate } = item;
    const guard = { kind: "item", info } as const;
    const unknowns = { etag: null, versionId: null, lastModifiedMs: null };
    return {
      kind: "present",
      body,
      fingerprint: fingerprintOf(body),
      ...unknowns,
      guard,
      recreate,
      awsDateMs,
      requestId: requestId ?? null,
    };
  } catch (thrown) {
    return explainUnread(thrown, source, "GetItem");
  }
}

/** Some stores answer 404 without a body; the request ID tells them from a portal. */
function isAbsent({ code, status, requestId }: AwsFailure): boolean {
  return code === "NoSuchKey" || (status === 404 && requestId !== null && code !== "NoSuchBucket");
}

function explainUnread(thrown: unknown, source: Source, operation: AwsOperation): HalfRead {
  const failure = readFailure(thrown);
  const { message, hint } = describeFailure(thrown, source, operation);
  if (!isUnreadable(failure)) return { kind: "failed", message, hint };
  const doubt =
    operation === "GetObject" && isAccessDenied(failure)
      ? " Without s3:ListBucket AWS gives the same answer for a lock that is gone, so Lockkeeper cannot tell."
      : "";
  return { kind: "denied", message, hint: `${hint}${doubt}`, requestId: failure.requestId };
}
