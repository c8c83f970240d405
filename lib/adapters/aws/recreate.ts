import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { type GetObjectCommandOutput, ServerSideEncryption, StorageClass } from "@aws-sdk/client-s3";
import { z } from "zod";
import { formatItem, type Item, parseItem } from "./attribute-value.ts";
import { fieldsOf } from "./fields.ts";

/** More than any lock has; what is larger is no lock that we could vouch for. */
const TEXT_CHARACTERS_MAX = 256 * 1024;

const ObjectRecipe = z.strictObject({
  v: z.literal(1),
  kind: z.literal("object"),
  contentType: z.string().optional(),
  contentEncoding: z.string().optional(),
  cacheControl: z.string().optional(),
  contentDisposition: z.string().optional(),
  contentLanguage: z.string().optional(),
  metadata: z.record(z.string(), z.string()).optional(),
  serverSideEncryption: z.enum(ServerSideEncryption).optional(),
  ssekmsKeyId: z.string().optional(),
  bucketKeyEnabled: z.boolean().optional(),
  storageClass: z.enum(StorageClass).optional(),
});

/** The facts of a read object that a put can repeat. */
type ObjectFacts = Pick<
  GetObjectCommandOutput,
  | "ContentType"
  | "ContentEncoding"
  | "CacheControl"
  | "ContentDisposition"
  | "ContentLanguage"
  | "Metadata"
  | "ServerSideEncryption"
  | "SSEKMSKeyId"
  | "BucketKeyEnabled"
  | "StorageClass"
  | "ExpiresString"
  | "MissingMeta"
  | "WebsiteRedirectLocation"
  | "SSECustomerAlgorithm"
>;

/**
 * What a put of an object needs beside its bytes to make the same again, as JSON; null when a put could not. Tags and ACLs
 * are not part of it: reading them would take permissions that nothing else here needs.
 */
export function formatObjectRecipe(facts: ObjectFacts): string | null {
  const { ExpiresString, MissingMeta, WebsiteRedirectLocation, SSECustomerAlgorithm } = facts;
  if (ExpiresString ?? (MissingMeta || undefined) ?? WebsiteRedirectLocation ?? SSECustomerAlgorithm) return null;
  const { Metadata = {} } = facts;
  const recipe = ObjectRecipe.safeParse({
    v: 1,
    kind: "object",
    contentType: facts.ContentType,
    contentEncoding: facts.ContentEncoding,
    cacheControl: facts.CacheControl,
    contentDisposition: facts.ContentDisposition,
    contentLanguage: facts.ContentLanguage,
    metadata: Object.keys(Metadata).length === 0 ? undefined : Metadata,
    serverSideEncryption: facts.ServerSideEncryption,
    ssekmsKeyId: facts.SSEKMSKeyId,
    bucketKeyEnabled: facts.BucketKeyEnabled,
    storageClass: facts.StorageClass,
  });
  return recipe.success ? withinLimit(JSON.stringify(recipe.data)) : null;
}

/** The parameters of a put, from what `formatObjectRecipe` wrote; null when it is not that. */
export function parseObjectRecipe(text: string) {
  const recipe = ObjectRecipe.safeParse(parseJson(text)).data;
  if (recipe === undefined) return null;
  return {
    ContentType: recipe.contentType,
    ContentEncoding: recipe.contentEncoding,
    CacheControl: recipe.cacheControl,
    ContentDisposition: recipe.contentDisposition,
    ContentLanguage: recipe.contentLanguage,
    Metadata: recipe.metadata,
    ServerSideEncryption: recipe.serverSideEncryption,
    SSEKMSKeyId: recipe.ssekmsKeyId,
    BucketKeyEnabled: recipe.bucketKeyEnabled,
    StorageClass: recipe.storageClass,
  };
}

/** A whole item as JSON, to put it again; null when it is too large, or has a digest, which is never ours to write. */
export function formatItemRecipe(item: Item): string | null {
  if (item["Digest"] !== undefined) return null;
  return withinLimit(`{"v":1,"kind":"item","item":${formatItem(item)}}`);
}

/** The item that `formatItemRecipe` wrote; null when it is not that. */
export function parseItemRecipe(text: string): Record<string, AttributeValue> | null {
  const { v, kind, item } = fieldsOf(parseJson(text));
  return v === 1 && kind === "item" ? parseItem(JSON.stringify(item)) : null;
}

function withinLimit(text: string): string | null {
  return text.length <= TEXT_CHARACTERS_MAX ? text : null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
