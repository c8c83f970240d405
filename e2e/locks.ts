import { randomUUID } from "node:crypto";
import { formatLockBody, type LockFields } from "#sandbox/lock-body.ts";
import { PAYMENTS, PAYMENTS_BUCKET, PAYMENTS_TABLE, type World } from "./world.ts";

export type LockSeed = Partial<LockFields> & {
  readonly stateKey: string;
  readonly mechanism?: "s3" | "dynamodb" | "both";
  readonly ageMs?: number;
  readonly bucket?: string;
};

/** Takes a lock as Terraform would, in the account "payments-prod" unless told otherwise; gives its ID. */
export async function takeLock({ sandbox }: World, seed: LockSeed): Promise<string> {
  const { stateKey, mechanism = "s3", ageMs = 60_000, bucket = PAYMENTS_BUCKET, ...fields } = seed;
  const atMs = Date.now() - ageMs;
  const id = fields.id ?? randomUUID();
  const who = fields.who ?? "alice@build-1";
  const operation = fields.operation ?? "OperationTypeApply";
  const body = formatLockBody({ createdMs: atMs, path: `${bucket}/${stateKey}`, ...fields, id, who, operation });
  if (mechanism !== "dynamodb") sandbox.putObject(bucket, `${stateKey}.tflock`, body, { lastModifiedMs: atMs });
  if (mechanism !== "s3") {
    const item = { LockID: { S: `${bucket}/${stateKey}` }, Info: { S: body } };
    await sandbox.putItem(PAYMENTS.id, PAYMENTS.region, PAYMENTS_TABLE, item);
  }
  return id;
}

/** Whether an S3 half is in the bucket. */
export function hasS3Half({ sandbox }: World, stateKey: string, bucket: string = PAYMENTS_BUCKET): boolean {
  return sandbox.getObject(bucket, `${stateKey}.tflock`) !== null;
}

/** Whether a DynamoDB half is in the table. */
export async function hasDynamodbHalf({ sandbox }: World, stateKey: string): Promise<boolean> {
  const lockId = `${PAYMENTS_BUCKET}/${stateKey}`;
  return (await sandbox.getItem(PAYMENTS.id, PAYMENTS.region, PAYMENTS_TABLE, lockId)) !== null;
}

/** The deletes that reached the sandbox's S3 and DynamoDB. */
export function sentDeletes({ sandbox }: World, afterSeq = 0) {
  return sandbox.journal({ operation: ["DeleteObject", "DeleteItem"], afterSeq });
}
