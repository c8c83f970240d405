import { z } from "zod";
import { SOURCE_IDENTITY_MODES } from "#lib/domain/account.ts";
import { AccessSchema } from "./access-schema.ts";
import { AuditSchema } from "./audit-schema.ts";
import { BucketName, durationBetween, Endpoint, ExternalId, Region, RequestsPerDay, RoleArn } from "./field-schemas.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

const Every = durationBetween(5_000, DAY_MS, "Write a duration from 5s to 24h, such as 15s, 5m or 1h.");

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
    every: Every.optional(),
    requestsPerDay: RequestsPerDay.optional(),
  })
  .describe("Write name, and optionally prefix, region, every and requestsPerDay.");

const Table = z
  .strictObject({
    name: z
      .string()
      .regex(/^[A-Za-z0-9_.-]{3,255}$/, "is not a table name")
      .describe("Write the bare table name, such as terraform-locks: no ARN."),
    region: Region.optional(),
    every: Every.optional(),
    requestsPerDay: RequestsPerDay.optional(),
  })
  .describe("Write name, and optionally region, every and requestsPerDay.");

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
    restoreRoleArn: RoleArn.optional(),
    externalId: ExternalId.optional(),
    sourceIdentity: z
      .enum(SOURCE_IDENTITY_MODES, { error: "is not a way to name the person" })
      .optional()
      .describe(
        "Write required, whenPermitted or off: whether the sessions of unlocks and restores carry the person's name into CloudTrail.",
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
      every: Every.optional(),
      coldEvery: durationBetween(
        0,
        DAY_MS,
        "Write a duration from 0s to 24h, such as 1h; 0s makes every look a whole sweep.",
      ).optional(),
      requestsPerDay: RequestsPerDay.optional(),
    })
    .optional()
    .describe("Write every, such as every: 60s, and optionally coldEvery and requestsPerDay."),
  restore: z
    .strictObject({
      window: durationBetween(
        0,
        DAY_MS,
        "Write a duration from 0s to 24h, such as 15m; 0s switches restoring off.",
      ).optional(),
    })
    .optional()
    .describe("Write window, such as window: 15m."),
  audit: AuditSchema.optional(),
  access: AccessSchema.optional(),
});
