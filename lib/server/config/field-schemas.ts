import { z } from "zod";
import { parseDuration } from "#lib/domain/duration.ts";
import { isLoopbackHost } from "#lib/server/env.ts";

// A description is both the editor's help and the hint of an error, so each one says what to write.
export const Region = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, "is not a region")
  .describe("Write a region such as eu-west-1.");

export const RoleArn = z
  .string()
  .regex(/^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]{1,512}$/, "is not the ARN of an IAM role")
  .describe("Write a role ARN such as arn:aws:iam::111122223333:role/lockkeeper-scan.");

export const Endpoint = z
  .string()
  .regex(/^https?:\/\//, { error: "is not an http or https URL", abort: true })
  .refine(isPlainUrl, "is not a plain URL")
  .describe("Write a URL such as http://127.0.0.1:9000, without user name, query or fragment.");

export const BucketName = z
  .string()
  .regex(/^(?!.*--x-s3$)/, { error: "is a directory bucket (S3 Express), which Lockkeeper cannot scan", abort: true })
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9]$/, "is not a bucket name")
  .describe("Write the bare name of a general-purpose bucket, such as acme-tfstate: no s3://, no ARN, no path.");

export const ExternalId = z
  .string()
  .regex(/^[\w+=,.@:/-]{2,1224}$/, "is not an external id")
  .describe("Write 2 to 1224 letters, digits and _+=,.@:/- or a reference such as $" + "{env:LOCKKEEPER_EXTERNAL_ID}.");

export const RequestsPerDay = z
  .number()
  .int("is not a whole number")
  .min(1, "is out of range")
  .max(1_000_000_000, "is out of range")
  .describe("Write how many requests a source may cost in 24 hours, such as 50000; without it there is no limit.");

/** A duration in whole seconds, minutes or hours, within bounds that `hint` tells. */
export function durationBetween(minMs: number, maxMs: number, hint: string) {
  return z
    .string()
    .regex(/^\d{1,6}[smh]$/, { error: "is not a duration", abort: true })
    .refine((text) => isBetween(parseDuration(text), minMs, maxMs), "is out of range")
    .describe(hint);
}

/** Whether what goes to or comes from a URL can be read by nobody on the way: https, or this machine itself. */
export function isPrivateOnTheWay(text: string): boolean {
  const url = URL.parse(text);
  return url?.protocol === "https:" || isLoopbackHost(url?.hostname.replace(/^\[(.*)\]$/, "$1") ?? "");
}

function isPlainUrl(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && url.username === "" && url.password === "" && !/[?#\s]/.test(text);
}

function isBetween(durationMs: number | null, minMs: number, maxMs: number): boolean {
  return durationMs !== null && durationMs >= minMs && durationMs <= maxMs;
}
