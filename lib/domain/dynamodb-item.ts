import { parseStatePath } from "./state-path.ts";

export type ItemClass = "lock" | "digest" | "empty_digest" | "foreign" | "malformed_lock";

export type ItemShape = {
  readonly lockIdValue: string;
  readonly hasInfo: boolean;
  readonly infoIsString: boolean;
  readonly hasDigest: boolean;
};

/**
 * Tells locks from their neighbours by attributes: a state key may itself end in `-md5`. An item with both `Info` and
 * `Digest` is a malformed lock that must not be unlocked, because deleting it would remove a digest.
 */
export function classifyItem({ lockIdValue, hasInfo, infoIsString, hasDigest }: ItemShape): ItemClass {
  if (hasDigest && !hasInfo) return "digest";
  if (parseStatePath(lockIdValue) === null) return "foreign";
  if (hasDigest) return "malformed_lock";
  if (hasInfo) return infoIsString ? "lock" : "malformed_lock";
  return lockIdValue.endsWith("-md5") ? "empty_digest" : "malformed_lock";
}
