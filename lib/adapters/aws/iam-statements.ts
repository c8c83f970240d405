import type { Source } from "#lib/domain/source.ts";
import { partitionOf } from "./account-clients.ts";

const ACTIONS = {
  ListObjectsV2: "s3:ListBucket",
  ListObjectVersions: "s3:ListBucketVersions",
  GetObject: "s3:GetObject",
  PutObject: "s3:PutObject",
  DeleteObject: "s3:DeleteObject",
  Scan: "dynamodb:Scan",
  GetItem: "dynamodb:GetItem",
  BatchGetItem: "dynamodb:BatchGetItem",
  DescribeTable: "dynamodb:DescribeTable",
  PutItem: "dynamodb:PutItem",
  DeleteItem: "dynamodb:DeleteItem",
} as const;

/** Condition keys without which a write is not ours: IAM can refuse it then, whatever our code does. */
const CONDITIONS: Partial<Record<AwsOperation, object>> = {
  DeleteObject: { Null: { "s3:if-match": "false" } },
  PutObject: { Null: { "s3:if-none-match": "false" } },
};

export type AwsOperation = keyof typeof ACTIONS;

/** The IAM action an operation needs. */
export function actionOf(operation: AwsOperation): string {
  return ACTIONS[operation];
}

/** The IAM statement, as JSON, that lets a role do one operation on one source and no more. */
export function formatStatement(source: Source, operation: AwsOperation): string {
  const statement = { Effect: "Allow", Action: actionOf(operation), Resource: resourceOf(source, operation) };
  const condition = CONDITIONS[operation];
  return JSON.stringify(condition === undefined ? statement : { ...statement, Condition: condition });
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
  return operation.startsWith("List") ? bucket : `${bucket}/*.tflock`;
}
