/** Where a state lies; Terraform's `Path` and the DynamoDB `LockID` are both `bucket/key`. */
export type StatePath = { readonly bucket: string; readonly stateKey: string };

export function formatStatePath({ bucket, stateKey }: StatePath): string {
  return `${bucket}/${stateKey}`;
}

/** Splits at the first slash, as bucket names have none; null when no state can have this path. */
export function parseStatePath(text: string): StatePath | null {
  const slash = text.indexOf("/");
  if (slash < 1) return null;
  const stateKey = text.slice(slash + 1);
  return isStateKey(stateKey) ? { bucket: text.slice(0, slash), stateKey } : null;
}

/** Terraform refuses an empty key and one that ends with a slash. */
export function isStateKey(key: string): boolean {
  return key !== "" && !key.endsWith("/");
}

/** The workspace under the default prefix `env:`; a custom prefix cannot be recognised and gives null. */
export function parseWorkspace(stateKey: string): string | null {
  return /^env:\/([^/]+)\/.+$/s.exec(stateKey)?.[1] ?? null;
}
