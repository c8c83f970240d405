import { matchesAll, matchesPattern } from "./pattern.ts";

/** Where something applies: each list is patterns of which one must match. */
export type Scope = {
  readonly accounts: readonly string[];
  readonly buckets: readonly string[];
  /** Of `bucket/key`. */
  readonly statePaths: readonly string[];
};

export const EVERYWHERE: Scope = { accounts: ["**"], buckets: ["**"], statePaths: ["**"] };

/** Where something would be done. Without a bucket or key it is about a whole account or source. */
export type Place = {
  readonly account: string;
  readonly bucket: string | null;
  readonly stateKey: string | null;
};

/** Whether a place lies wholly in a scope; `partly` where the place is larger than what the scope names. */
export function relateToScope(scope: Scope, place: Place): "inside" | "partly" | "outside" {
  if (!matchesAny(scope.accounts, place.account)) return "outside";
  const { bucket, stateKey } = place;
  if (bucket === null) return isAll(scope.buckets) && isAll(scope.statePaths) ? "inside" : "partly";
  if (!matchesAny(scope.buckets, bucket)) return "outside";
  if (stateKey === null) return isAll(scope.statePaths) ? "inside" : "partly";
  return matchesAny(scope.statePaths, `${bucket}/${stateKey}`) ? "inside" : "outside";
}

export function isEverywhere({ accounts, buckets, statePaths }: Scope): boolean {
  return isAll(accounts) && isAll(buckets) && isAll(statePaths);
}

function isAll(patterns: readonly string[]): boolean {
  return patterns.some(matchesAll);
}

function matchesAny(patterns: readonly string[], text: string): boolean {
  return patterns.some((pattern) => matchesPattern(pattern, text));
}
