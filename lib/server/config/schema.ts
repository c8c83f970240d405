import { z } from "zod";
import { parseDuration } from "#lib/domain/duration.ts";

const SCAN_EVERY_MS_MIN = 5_000;
const SCAN_EVERY_MS_MAX = 24 * 60 * 60 * 1000;

// A description is both the editor's help and the hint of an error, so each one says what to write.
const Region = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, "is not a region")
  .describe("Write a region such as eu-west-1.");

const RoleArn = z
  .string()
  .regex(/^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]{1,512}$/, "is not the ARN of an IAM role")
  .describe("Write a role ARN such as arn:aws:iam::111122223333:role/lockkeeper-scan.");

const Endpoint = z
  .string()
  .regex(/^https?:\/\//, { error: "is not an http or https URL", abort: true })
  .refine(isPlainUrl, "is not a plain URL")
  .describe("Write a URL such as http://127.0.0.1:9000, without user name, query or fragment.");

const BucketName = z
  .string()
  .regex(/^(?!.*--x-s3$)/, { error: "is a directory bucket (S3 Express), which Lockkeeper cannot scan", abort: true })
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9]$/, "is not a bucket name")
  .describe("Write the bare name of a general-purpose bucket, such as acme-tfstate: no s3://, no ARN, no path.");

const Bucket = z
  .strictObject({
    name: BucketName,
    prefix: z
      .string()
      .max(1024, "is longer than 1024 characters")
      .regex(/^(?!\/)/, 'must not start with "/"')
      .optional()
      .describe('Write the start of the keys to scan, such as teams/payments/, or "" for the whole bucket.'),
    region: Region.optional(),
  })
  .describe("Write name, and optionally prefix and region.");

const Table = z
  .strictObject({
    name: z
      .string()
      .regex(/^[A-Za-z0-9_.-]{3,255}$/, "is not a table name")
      .describe("Write the bare table name, such as terraform-locks: no ARN."),
    region: Region.optional(),
  })
  .describe("Write name, and optionally region.");

export const AccountSchema = z
  .strictObject({
    name: z
      .string()
      .regex(/^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,63}$/u, "is not an account label")
      .describe("Write a unique label of 1 to 64 letters, digits, spaces, dots, dashes and underscores."),
    id: z
      .string()
      .regex(/^\d{12}$/, "is not an AWS account id")
      .describe('Write the twelve digits in quotes, such as "111122223333".'),
    region: Region,
    scanRoleArn: RoleArn.optional(),
    unlockRoleArn: RoleArn.optional(),
    externalId: z
      .string()
      .regex(/^[\w+=,.@:/-]{2,1224}$/, "is not an external id")
      .optional()
      .describe(
        "Write 2 to 1224 letters, digits and _+=,.@:/- or a reference such as $" + "{env:LOCKKEEPER_EXTERNAL_ID}.",
      ),
    buckets: z.array(Bucket).optional().describe("Write a list of buckets, each with a name."),
    tables: z.array(Table).optional().describe("Write a list of DynamoDB tables, each with a name."),
    endpoints: z
      .strictObject({ s3: Endpoint.optional(), dynamodb: Endpoint.optional(), sts: Endpoint.optional() })
      .optional()
      .describe("Write URLs under s3, dynamodb and sts; leave it out for AWS itself."),
  })
  .describe("Write name, id, region, and buckets or tables or both.");

export const ConfigSchema = z.strictObject({
  accounts: z
    .array(AccountSchema)
    .min(1, "must have at least one account")
    .describe("Write a list of accounts, each with name, id, region, and buckets or tables."),
  scan: z
    .strictObject({
      every: z
        .string()
        .regex(/^\d{1,6}[smh]$/, { error: "is not a duration", abort: true })
        .refine(isScanInterval, "is out of range")
        .optional()
        .describe("Write a duration from 5s to 24h, such as 15s, 5m or 1h."),
    })
    .optional()
    .describe("Write every, such as every: 60s."),
  access: z
    .strictObject({
      mode: z.literal("local", { error: "is not an access mode of this version" }).optional().describe("Write local."),
    })
    .optional()
    .describe("Write mode: local."),
});

function isPlainUrl(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && url.username === "" && url.password === "" && !/[?#\s]/.test(text);
}

function isScanInterval(text: string): boolean {
  const everyMs = parseDuration(text);
  return everyMs !== null && everyMs >= SCAN_EVERY_MS_MIN && everyMs <= SCAN_EVERY_MS_MAX;
}
