import { isStateKey } from "./state-path.ts";

export type LockObjectKey =
  | { readonly verdict: "lock"; readonly stateKey: string }
  /** Named like a lock, but no state can stand beside it: counted, never offered for unlocking. */
  | { readonly verdict: "foreign" }
  | { readonly verdict: "other" };

export const LOCK_FILE_SUFFIX = ".tflock";

/** Tells which state an object locks, from its key alone. */
export function parseLockObjectKey(key: string): LockObjectKey {
  if (!key.endsWith(LOCK_FILE_SUFFIX)) return { verdict: "other" };
  const stateKey = key.slice(0, -LOCK_FILE_SUFFIX.length);
  return isStateKey(stateKey) ? { verdict: "lock", stateKey } : { verdict: "foreign" };
}
