import type { InitializeMiddleware, MiddlewareStack } from "@smithy/types";

/** Thrown before anything is sent: our own code asked for something this client must never do. */
export class ForbiddenCommandError extends Error {
  constructor(command: string, reason: string) {
    super(`Refused to send ${command}: ${reason}.`);
    this.name = "ForbiddenCommandError";
  }
}

/** What a command may look like: null when it may be sent, otherwise the reason why not. */
type Rule = (input: Readonly<Record<string, unknown>>) => string | null;
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

export const STS_RULES: Rules = { AssumeRoleCommand: ALLOWED };

/** Makes a client refuse every command outside `rules`, before anything else sees it. */
export function guardCommands<Input extends object, Output extends object>(
  stack: MiddlewareStack<Input, Output>,
  rules: Rules,
): void {
  const guard: InitializeMiddleware<Input, Output> = (next, context) => async (args) => {
    const command = typeof context["commandName"] === "string" ? context["commandName"] : "an unnamed command";
    const rule = Object.hasOwn(rules, command) ? rules[command] : undefined;
    if (rule === undefined) throw new ForbiddenCommandError(command, "it is not on this client's list");
    const problem = rule(Object.fromEntries(Object.entries(args.input)));
    if (problem !== null) throw new ForbiddenCommandError(command, problem);
    return next(args);
  };
  stack.add(guard, { step: "initialize", name: "lockkeeperCommandGuard", priority: "high" });
}

function isLockKey(key: unknown): boolean {
  return typeof key === "string" && key.endsWith(".tflock");
}

function needsOwner(input: Readonly<Record<string, unknown>>): string | null {
  return typeof input["ExpectedBucketOwner"] === "string" ? null : "it does not name the bucket's owner";
}
