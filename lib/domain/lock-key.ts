type Sha256 = (data: string) => string;

const STATE_PATH_HASH_LENGTH = 32;

/** Hash of a state path: the first part of a lock's key, so that a key alone finds the path's history. */
export function computeStatePathHash(bucket: string, stateKey: string, sha256: Sha256): string {
  return sha256(JSON.stringify([bucket, stateKey])).slice(0, STATE_PATH_HASH_LENGTH);
}

/** Opaque, URL-safe and stable: one per account and state path. `sourceId` tells locks of one path in several tables apart. */
export function computeLockKey(
  input: { account: string; bucket: string; stateKey: string; sourceId: string | null },
  sha256: Sha256,
): string {
  const place = sha256(JSON.stringify([input.account, input.sourceId])).slice(0, 8);
  return `${computeStatePathHash(input.bucket, input.stateKey, sha256)}${place}`;
}

/** The state-path hash a lock key begins with, or null for what cannot be a key. */
export function parseStatePathHash(key: string): string | null {
  return /^[0-9a-f]{40}$/.test(key) ? key.slice(0, STATE_PATH_HASH_LENGTH) : null;
}
