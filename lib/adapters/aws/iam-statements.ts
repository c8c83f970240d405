import type { Source } from "#lib/domain/source.ts";
import { partitionOf } from "./account-clients.ts";

export type AwsOperation = "ListObjectsV2" | "GetObject" | "DeleteObject" | "Scan" | "GetItem" | "DeleteItem";

/** The IAM action an operation needs. */
export function actionOf(operation: AwsOperation): string {
  if (operation === "ListObjectsV2") return "s3:ListBucket";
  return operation === "GetObject" || operation === "DeleteObject" ? `s3:${operation}` : `dynamodb:${operation}`;
}

/** The IAM statement, as JSON, that lets a role do one operation on one source and no more. */
export function formatStatement(source: Source, operation: AwsOperation): string {
  const statement = { Effect: "Allow", Action: actionOf(operation), Resource: resourceOf(source, operation) };
  if (operation !== "DeleteObject") return JSON.stringify(statement);
  return JSON.stringify({ ...statement, Condition: { Null: { "s3:if-match": "false" } } });
}

/** The statement Lockkeeper's own identity needs to assume a role. */
export function formatAssumeRoleStatement(roleArn: string): string {
  return JSON.stringify({ Effect: "Allow", Action: "sts:AssumeRole", Resource: roleArn });
}

function resourceOf(source: Source, operation: AwsOperation): string {
  const partition = partitionOf(source.region);
  if (source.kind === "dynamodb") {
    return `arn:${partition}:dynamodb:${source.region}:${source.account.id}:table/${source.name}`;
  }
  const bucket = `arn:${partition}:s3:::${source.name}`;
  return operation === "ListObjectsV2" ? bucket : `${bucket}/*.tflock`;
}
