import { DeleteItemCommand, type DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DeleteObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import type { Source } from "#lib/domain/source.ts";
import type { HalfDeletion, HalfGuard } from "#lib/services/ports/halves.ts";
import { formatTableName } from "./account-clients.ts";
import { parseAttribute } from "./attribute-value.ts";
import { describeFailure, isAccessDenied } from "./aws-errors.ts";
import { readFailure } from "./aws-failure.ts";
import { ForbiddenCommandError } from "./command-guards.ts";
import type { AwsOperation } from "./iam-statements.ts";
import { callWithin } from "./time-limit.ts";

type Deletion<Client> = {
  readonly client: Client;
  readonly source: Source;
  readonly location: string;
  readonly guard: HalfGuard;
  readonly timeoutMs: number;
};

/** Sends one `DeleteObject` that S3 carries out only if the object still has the ETag of the guard. Never throws. */
export async function deleteObjectHalf({
  client,
  source,
  location,
  guard,
  timeoutMs,
}: Deletion<S3Client>): Promise<HalfDeletion> {
  try {
    if (guard.kind !== "etag") throw new ForbiddenCommandError("DeleteObjectCommand", "the guard is not an ETag");
    const command = new DeleteObjectCommand({
      Bucket: source.name,
      Key: location,
      IfMatch: guard.etag,
      ExpectedBucketOwner: source.account.id,
    });
    const answer = await callWithin(timeoutMs, (abortSignal) => client.send(command, { abortSignal }));
    const { httpStatusCode: status, requestId = null } = answer.$metadata;
    if (status === 204) return { kind: "deleted", requestId, versionId: answer.VersionId ?? null };
    return { kind: "unknown", message: `S3 answered ${status} to the delete, not 204.`, requestId };
  } catch (thrown) {
    return explainDeletion(thrown, source, "DeleteObject");
  }
}

/** Sends one `DeleteItem` that DynamoDB carries out only if `Info` is still the guard's and there is no digest. Never throws. */
export async function deleteItemHalf({
  client,
  source,
  location,
  guard,
  timeoutMs,
}: Deletion<DynamoDBClient>): Promise<HalfDeletion> {
  try {
    const command = new DeleteItemCommand({
      TableName: formatTableName(source),
      Key: { LockID: { S: location } },
      ...conditionOf(location, guard),
      ReturnValues: "ALL_OLD",
      ReturnValuesOnConditionCheckFailure: "ALL_OLD",
    });
    const answer = await callWithin(timeoutMs, (abortSignal) => client.send(command, { abortSignal }));
    const { httpStatusCode: status, requestId = null } = answer.$metadata;
    if (status === 200 && answer.Attributes?.["LockID"]?.S === location) {
      return { kind: "deleted", requestId, versionId: null };
    }
    return {
      kind: "unknown",
      message: `DynamoDB answered ${status} to the delete, without the item it deleted.`,
      requestId,
    };
  } catch (thrown) {
    return explainDeletion(thrown, source, "DeleteItem");
  }
}

function conditionOf(location: string, guard: HalfGuard) {
  const refuse = (reason: string) => new ForbiddenCommandError("DeleteItemCommand", reason);
  if (guard.kind !== "item") throw refuse("the guard is not an item's");
  const names = { "#info": "Info", "#digest": "Digest" };
  if (guard.info === null) {
    if (location.endsWith("-md5")) throw refuse("an item like this may be an empty digest");
    return {
      ConditionExpression: "attribute_exists(LockID) AND attribute_not_exists(#info) AND attribute_not_exists(#digest)",
      ExpressionAttributeNames: names,
    };
  }
  const info = parseAttribute(guard.info);
  if (info === null) throw refuse("the guard's Info is not DynamoDB JSON");
  return {
    ConditionExpression: "#info = :info AND attribute_not_exists(#digest)",
    ExpressionAttributeNames: names,
    ExpressionAttributeValues: { ":info": info },
  };
}

/** Only an answer that surely means "not carried out" settles a delete; everything else may have happened. */
function explainDeletion(thrown: unknown, source: Source, operation: AwsOperation): HalfDeletion {
  if (thrown instanceof ForbiddenCommandError) return { kind: "rejected", message: thrown.message, requestId: null };
  const failure = readFailure(thrown);
  const { requestId, status, code } = failure;
  const { message } = describeFailure(thrown, source, operation);
  if (failure.kind === "not_sent" || failure.kind === "no_credentials") return { kind: "rejected", message, requestId };
  if (code === "ConditionalCheckFailedException") return { kind: "condition_failed", requestId };
  if (source.kind === "s3" && status === 412) return { kind: "condition_failed", requestId };
  if (code === "NoSuchKey") return { kind: "absent", requestId };
  if (isAccessDenied(failure) || (failure.kind === "answered" && status === 403))
    return { kind: "denied", message, requestId };
  const isRefusal = failure.kind === "answered" && status !== null && status >= 400 && (status < 500 || status === 501);
  if (isRefusal && status !== 408 && status !== 409) return { kind: "rejected", message, requestId };
  return { kind: "unknown", message, requestId };
}
