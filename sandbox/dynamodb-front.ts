import { crc32 } from "node:zlib";
import type { AwsRequest, AwsResponse } from "./aws-request.ts";
import { type DynamodbTables, itemOf } from "./dynamodb-tables.ts";
import { type Authentication, formatPrincipalArn, type Identities } from "./identities.ts";
import { newRequestId } from "./s3-errors.ts";

export type DynamodbCall = { operation: string; bucket: string | null; key: string | null };

/** Names what a DynamoDB request asks for; the "bucket" is the table and the key its LockID. */
export function describeDynamodb(request: AwsRequest): DynamodbCall {
  const input = inputOf(request);
  const table = tableNameOf(input);
  return {
    operation: (request.headers["x-amz-target"] ?? "").split(".")[1] ?? "Unknown",
    bucket: typeof table === "string" ? table.slice(table.lastIndexOf("/") + 1) : null,
    key: lockIdOf(input["Key"]) ?? lockIdOf(input["Item"]),
  };
}

/** Answers one DynamoDB request from the caller's own account and the region it signed for. */
export async function answerDynamodb(
  world: { identities: Identities; tables: DynamodbTables },
  call: DynamodbCall,
  request: AwsRequest,
  caller: Authentication,
): Promise<AwsResponse> {
  if (!("principal" in caller)) {
    if (caller.failure === "anonymous")
      return formatDynamodbError(400, "MissingAuthenticationTokenException", "Request is missing Authentication Token");
    if (caller.failure === "expired")
      return formatDynamodbError(400, "ExpiredTokenException", "The security token included in the request is expired");
    return formatDynamodbError(
      400,
      "UnrecognizedClientException",
      "The security token included in the request is invalid.",
    );
  }
  const { accountId } = caller.principal;
  const region = request.scope?.region ?? "us-east-1";
  const tableArn = `arn:aws:dynamodb:${region}:${accountId}:table/`;
  const input = inputOf(request);
  const named = tableNameOf(input);
  const resource = typeof named === "string" && named.startsWith("arn:") ? named : `${tableArn}${call.bucket ?? "*"}`;
  const context = call.key === null ? {} : { "dynamodb:LeadingKeys": [call.key] };
  const isOwn = resource.startsWith(tableArn);
  const action = `dynamodb:${call.operation}`;
  if (!isOwn || !world.identities.isAllowed(caller.principal, { action, resource, context })) {
    const who = formatPrincipalArn(caller.principal);
    return formatDynamodbError(
      400,
      "AccessDeniedException",
      `User: ${who} is not authorized to perform: ${action} on resource: ${resource}`,
    );
  }
  // DynamoDB takes a table's ARN for its name, dynalite does not.
  const body = named === call.bucket ? request.body : Buffer.from(JSON.stringify({ ...input, TableName: call.bucket }));
  const answer = await world.tables.run(accountId, region, call.operation, body);
  if (answer.body.includes("ConditionalCheckFailedException")) {
    return addItemOfFailedCheck(world.tables, answer, { accountId, region, call, input });
  }
  if (!answer.body.includes(":000000000000:table/")) return answer;
  return withBody(answer, answer.body.toString().replaceAll(/arn:aws:dynamodb:[\w-]+:000000000000:table\//g, tableArn));
}

/** Writes a DynamoDB error answer. */
export function formatDynamodbError(status: number, code: string, message: string): AwsResponse {
  const prefix =
    /(Client|Token|Signature)Exception$/.test(code) || code.startsWith("AccessDenied")
      ? "com.amazon.coral.service#"
      : "com.amazonaws.dynamodb.v20120810#";
  const headers = { "content-type": "application/x-amz-json-1.0", "x-amzn-requestid": newRequestId() };
  return withBody({ status, headers, body: Buffer.alloc(0) }, JSON.stringify({ __type: `${prefix}${code}`, message }));
}

/** Does what dynalite lacks: `ReturnValuesOnConditionCheckFailure: ALL_OLD`. */
async function addItemOfFailedCheck(
  tables: DynamodbTables,
  answer: AwsResponse,
  failed: { accountId: string; region: string; call: DynamodbCall; input: Record<string, unknown> },
): Promise<AwsResponse> {
  const { accountId, region, call, input } = failed;
  if (input["ReturnValuesOnConditionCheckFailure"] !== "ALL_OLD" || call.key === null) return answer;
  const read = { TableName: call.bucket, Key: { LockID: { S: call.key } }, ConsistentRead: true };
  const found = await tables.run(accountId, region, "GetItem", Buffer.from(JSON.stringify(read)));
  const item = itemOf(JSON.parse(found.body.toString()));
  if (item === null) return answer;
  return withBody(answer, JSON.stringify({ ...JSON.parse(answer.body.toString()), Item: item }));
}

function withBody(answer: AwsResponse, text: string): AwsResponse {
  const body = Buffer.from(text);
  const headers = { ...answer.headers, "content-length": String(body.length), "x-amz-crc32": String(crc32(body)) };
  return { status: answer.status, headers, body };
}

function inputOf(request: AwsRequest): Record<string, unknown> {
  try {
    const input: unknown = JSON.parse(request.body.toString());
    return typeof input === "object" && input !== null ? { ...input } : {};
  } catch {
    return {};
  }
}

/** A batch names its table as the only key of `RequestItems`. */
function tableNameOf({ TableName, RequestItems }: Record<string, unknown>): unknown {
  if (TableName !== undefined || typeof RequestItems !== "object" || RequestItems === null) return TableName;
  return Object.keys(RequestItems)[0];
}

function lockIdOf(value: unknown): string | null {
  if (typeof value !== "object" || value === null || !("LockID" in value)) return null;
  const lockId = value.LockID;
  if (typeof lockId !== "object" || lockId === null || !("S" in lockId)) return null;
  return typeof lockId.S === "string" ? lockId.S : null;
}
