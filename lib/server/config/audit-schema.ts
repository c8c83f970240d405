import { z } from "zod";
import { BucketName, Endpoint, ExternalId, isPrivateOnTheWay, Region, RoleArn } from "./field-schemas.ts";

const CheckpointBucket = z
  .strictObject({
    name: BucketName,
    region: Region,
    prefix: z
      .string()
      .max(512, "is longer than 512 characters")
      .regex(/^(?!\/)/, 'must not start with "/"')
      .optional()
      .describe('Write the start of the keys to write, such as lockkeeper/, or "".'),
    roleArn: RoleArn.optional(),
    externalId: ExternalId.optional(),
    endpoint: Endpoint.optional(),
  })
  .describe("Write name and region, and optionally prefix, roleArn, externalId and endpoint.");

const Webhook = z
  .strictObject({
    name: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, "is not the name of a webhook")
      .describe("Write a unique name of 1 to 64 letters, digits, dots, dashes and underscores, such as siem."),
    url: z
      .string()
      .regex(/^https?:\/\//, { error: "is not an http or https URL", abort: true })
      .refine(isReceiverUrl, { error: "is not a plain URL", abort: true })
      .refine(isPrivateOnTheWay, "would send the trail over the network in the clear")
      .describe(
        "Write a URL such as https://siem.example/events, without user name and fragment; http is for this machine alone.",
      ),
    secrets: z
      .array(
        z
          .string()
          .regex(/^[\s\S]{24,1024}$/, "does not have 24 to 1024 characters")
          .describe(
            "Write a reference such as $" + "{env:LOCKKEEPER_WEBHOOK_SECRET} to a text of 24 characters or more.",
          ),
      )
      .min(1, "must have at least one secret")
      .max(5, "has more than five secrets")
      .describe(
        "Write a list of one to five secrets; each signs, so that the receiver can change from one to the next.",
      ),
    allowPrivate: z
      .boolean()
      .optional()
      .describe("Write true if the receiver is in a private network, such as 10.0.0.0/8."),
  })
  .describe("Write name, url and secrets, and optionally allowPrivate.");

/** Where the audit trail goes beside the database. */
export const AuditSchema = z
  .strictObject({
    checkpoints: z
      .strictObject({ bucket: CheckpointBucket.optional() })
      .optional()
      .describe("Write bucket, with its name and region."),
    webhooks: z.array(Webhook).optional().describe("Write a list of webhooks, each with name, url and secrets."),
  })
  .describe("Write checkpoints or webhooks or both.");

function isReceiverUrl(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && url.username === "" && url.password === "" && !/[#\s]/.test(text);
}
