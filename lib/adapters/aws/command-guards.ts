import type { InitializeMiddleware, MiddlewareStack } from "@smithy/types";
import { type Fields, fieldsOf } from "./fields.ts";

/** Thrown before anything is sent: our own code asked for something this client must never do. */
export class ForbiddenCommandError extends Error {
  constructor(command: string, reason: string) {
    super(`Refused to send ${command}: ${reason}.`);
    this.name = "ForbiddenCommandError";
  }
}

/** What a command may look like: null when it may be sent, otherwise the reason why not. */
type Rule = (input: Fields) => string | null;
type Rules = Readonly<Record<string, Rule>>;

const ALLOWED: Rule = () => null;
const LOCK_OBJECT_ONLY: Rule = (input) => {
  if (!isLockKey(input["Key"])) return "the key is not a lock's";
  if (input["VersionId"] !== undefined) return "it names a version";
  return needsOwner(input);
};

/** All that a scan can do: no command here changes anything, and of objects only locks are read. */
export const SCAN_RULES: Rules = {
  ListObjectsV2Command: (input) => needsOwner(input),
  ListObjectVersionsCommand: (input) =>
    isLockKey(input["Prefix"]) ? needsOwner(input) : "it asks for more than one lock's history",
  GetObjectCommand: LOCK_OBJECT_ONLY,
  HeadObjectCommand: LOCK_OBJECT_ONLY,
  ScanCommand: ALLOWED,
  GetItemCommand: ALLOWED,
  BatchGetItemCommand: ALLOWED,
  DescribeTableCommand: ALLOWED,
};

/** All that an unlock can do: read one half, and delete it if it is still what was read. */
export const UNLOCK_RULES: Rules = {
  GetObjectCommand: LOCK_OBJECT_ONLY,
  HeadObjectCommand: LOCK_OBJECT_ONLY,
  DeleteObjectCommand: (input) => {
    const etag = input["IfMatch"];
    if (typeof etag !== "string" || !/^[^*,]+$/.test(etag)) return "it does not name the ETag that was read";
    return LOCK_OBJECT_ONLY(input);
  },
  GetItemCommand: ALLOWED,
  DeleteItemCommand: (input) => {
    const condition = input["ConditionExpression"];
    const isGuarded = typeof condition === "string" && condition.includes("attribute_not_exists(#digest)");
    return isGuarded ? null : "it has no condition that keeps digests";
  },
};

/** The condition of a restore in DynamoDB: the same that Terraform takes a lock with. */
export const NOTHING_THERE = "attribute_not_exists(LockID)";

/** Of a put: no ACL, tags, retention, redirect or other thing that the lock did not have. */
const PUT_OBJECT_FIELDS = new Set([
  ...["Bucket", "Key", "Body", "ContentLength", "ContentMD5", "ChecksumSHA256", "IfNoneMatch", "ExpectedBucketOwner"],
  ...["ContentType", "ContentEncoding", "CacheControl", "ContentDisposition", "ContentLanguage", "Metadata"],
  ...["ServerSideEncryption", "SSEKMSKeyId", "BucketKeyEnabled", "StorageClass"],
]);
const PUT_ITEM_FIELDS = new Set(["TableName", "Item", "ConditionExpression"]);

/** All that a restore can do: read one half, and create it where nothing is. */
export const RESTORE_RULES: Rules = {
  GetObjectCommand: LOCK_OBJECT_ONLY,
  HeadObjectCommand: LOCK_OBJECT_ONLY,
  PutObjectCommand: (input) => {
    if (input["IfNoneMatch"] !== "*") return "it would overwrite";
    return LOCK_OBJECT_ONLY(input) ?? findOtherField(input, PUT_OBJECT_FIELDS);
  },
  GetItemCommand: ALLOWED,
  PutItemCommand: (input) => {
    if (input["ConditionExpression"] !== NOTHING_THERE) return "it would overwrite";
    const isDigest = lockIdOf(input["Item"])?.endsWith("-md5") ?? true;
    if (isDigest || fieldsOf(input["Item"])["Digest"] !== undefined) return "the item is not a lock's";
    return findOtherField(input, PUT_ITEM_FIELDS);
  },
};

export const STS_RULES: Rules = { AssumeRoleCommand: ALLOWED };
export const IDENTITY_RULES: Rules = { GetCallerIdentityCommand: ALLOWED };

/** Makes a client refuse every command outside `rules`, before anything else sees it. */
export function guardCommands<Input extends object, Output extends object>(
  stack: MiddlewareStack<Input, Output>,
  rules: Rules,
): void {
  const guard: InitializeMiddleware<Input, Output> = (next, context) => async (args) => {
    const command = nameOf(context["commandName"]);
    const rule = Object.hasOwn(rules, command) ? rules[command] : undefined;
    if (rule === undefined) throw new ForbiddenCommandError(command, "it is not on this client's list");
    const problem = rule(Object.fromEntries(Object.entries(args.input)));
    if (problem !== null) throw new ForbiddenCommandError(command, problem);
    return next(args);
  };
  stack.add(guard, { step: "initialize", name: "lockkeeperCommandGuard", priority: "high" });
}

/** Makes a client refuse every command about anything but these object keys or LockIDs. */
export function guardLocations<Input extends object, Output extends object>(
  stack: MiddlewareStack<Input, Output>,
  locations: ReadonlySet<string>,
): void {
  const guard: InitializeMiddleware<Input, Output> = (next, context) => async (args) => {
    const { Key, Item } = fieldsOf(args.input);
    const location = typeof Key === "string" ? Key : (lockIdOf(Key) ?? lockIdOf(Item));
    if (location === null || !locations.has(location)) {
      throw new ForbiddenCommandError(nameOf(context["commandName"]), "it is about another lock than this session");
    }
    return next(args);
  };
  stack.add(guard, { step: "initialize", name: "lockkeeperLocationGuard", priority: "high" });
}

function nameOf(command: unknown): string {
  return typeof command === "string" ? command : "an unnamed command";
}

function findOtherField(input: Fields, known: ReadonlySet<string>): string | null {
  const other = Object.entries(input).find(([name, value]) => value !== undefined && !known.has(name));
  return other === undefined ? null : `it sets ${other[0]}`;
}

function lockIdOf(item: unknown): string | null {
  const lockId = fieldsOf(fieldsOf(item)["LockID"])["S"];
  return typeof lockId === "string" ? lockId : null;
}

function isLockKey(key: unknown): boolean {
  return typeof key === "string" && key.endsWith(".tflock");
}

function needsOwner(input: Fields): string | null {
  return typeof input["ExpectedBucketOwner"] === "string" ? null : "it does not name the bucket's owner";
}
