import { createHash } from "node:crypto";
import { type AttributeValue, type DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import type { Source } from "#lib/domain/source.ts";
import type { HalfPut } from "#lib/services/ports/halves.ts";
import { formatTableName } from "./account-clients.ts";
import { formatItem } from "./attribute-value.ts";
import { describeFailure, isAccessDenied } from "./aws-errors.ts";
import { readFailure } from "./aws-failure.ts";
import { ForbiddenCommandError, NOTHING_THERE } from "./command-guards.ts";
import type { AwsOperation } from "./iam-statements.ts";
import { parseItemRecipe, parseObjectRecipe } from "./recreate.ts";
import { callWithin } from "./time-limit.ts";

type Put<Client> = {
  readonly client: Client;
  readonly source: Source;
  readonly location: string;
  readonly content: { readonly raw: Uint8Array; readonly recreate: string };
  readonly timeoutMs: number;
};

/** Sends one `PutObject` that S3 carries out only if the key has no object. Never throws. */
export async function putObjectHalf({ client, source, location, content, timeoutMs }: Put<S3Client>): Promise<HalfPut> {
  try {
    const recipe = parseObjectRecipe(content.recreate);
    if (recipe === null) throw new ForbiddenCommandError("PutObjectCommand", NO_RECIPE);
    const command = new PutObjectCommand({
      ...recipe,
      Bucket: source.name,
      Key: location,
      Body: content.raw,
      ContentLength: content.raw.length,
      ...digestOf(source, content.raw),
      IfNoneMatch: "*",
      ExpectedBucketOwner: source.account.id,
    });
    const answer = await callWithin(timeoutMs, (abortSignal) => client.send(command, { abortSignal }));
    const { httpStatusCode: status, requestId = null } = answer.$metadata;
    // A portal that serves a file has an ETag too.
    if (status === 200 && answer.ETag !== undefined && requestId !== null) return { kind: "put", requestId };
    return {
      kind: "unknown",
      message: `S3 answered ${status} to the put, without an ETag and a request ID.`,
      requestId,
    };
  } catch (thrown) {
    return explainPut(thrown, source, "PutObject");
  }
}

/** Sends one `PutItem` that DynamoDB carries out only if the table has no such item. Never throws. */
export async function putItemHalf({
  client,
  source,
  location,
  content,
  timeoutMs,
}: Put<DynamoDBClient>): Promise<HalfPut> {
  try {
    const item = parseItemRecipe(content.recreate);
    if (item === null) throw new ForbiddenCommandError("PutItemCommand", NO_RECIPE);
    if (item["LockID"]?.S !== location) throw new ForbiddenCommandError("PutItemCommand", "the item is another lock's");
    if (!holdsBytes(item, content.raw)) throw new ForbiddenCommandError("PutItemCommand", "the item has other bytes");
    const command = new PutItemCommand({
      TableName: formatTableName(source),
      Item: item,
      ConditionExpression: NOTHING_THERE,
    });
    const answer = await callWithin(timeoutMs, (abortSignal) => client.send(command, { abortSignal }));
    const { httpStatusCode: status, requestId = null } = answer.$metadata;
    if (status === 200 && requestId !== null) return { kind: "put", requestId };
    return { kind: "unknown", message: `DynamoDB answered ${status} to the put, without a request ID.`, requestId };
  } catch (thrown) {
    return explainPut(thrown, source, "PutItem");
  }
}

const NO_RECIPE = "the record does not say how to create this again";

/** Buckets with Object Lock want a digest. Terraform sends SHA-256, which not every store besides AWS knows. */
function digestOf({ account }: Source, raw: Uint8Array) {
  if (account.endpoints.s3 !== null) return { ContentMD5: createHash("md5").update(raw).digest("base64") };
  return { ChecksumSHA256: createHash("sha256").update(raw).digest("base64") };
}

/** The record's bytes are the `Info` of the item or, where that is no text, the whole item. */
function holdsBytes(item: Record<string, AttributeValue>, raw: Uint8Array): boolean {
  const text = item["Info"]?.S ?? formatItem(item);
  return Buffer.from(text).equals(raw);
}

/** Only an answer that surely means "not carried out" settles a put; everything else may have happened. */
function explainPut(thrown: unknown, source: Source, operation: AwsOperation): HalfPut {
  if (thrown instanceof ForbiddenCommandError) return { kind: "rejected", message: thrown.message, requestId: null };
  const failure = readFailure(thrown);
  const { requestId, status, code } = failure;
  const { message } = describeFailure(thrown, source, operation);
  if (failure.kind === "not_sent" || failure.kind === "no_credentials") return { kind: "rejected", message, requestId };
  if (code === "ConditionalCheckFailedException") return { kind: "occupied", requestId };
  if (source.kind === "s3" && status === 412) return { kind: "occupied", requestId };
  if (isAccessDenied(failure) || (failure.kind === "answered" && status === 403))
    return { kind: "denied", message, requestId };
  const isRefusal = failure.kind === "answered" && status !== null && status >= 400 && (status < 500 || status === 501);
  // S3 answers 409 when another conditional write was under way: reading back tells more than that.
  if (isRefusal && status !== 408 && status !== 409) return { kind: "rejected", message, requestId };
  return { kind: "unknown", message, requestId };
}
