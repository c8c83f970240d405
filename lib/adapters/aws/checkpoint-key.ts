const SIZE_DIGITS = 12;
export const SIZE_MAX = 10 ** SIZE_DIGITS - 1;

/** Where one log's checkpoints are in its bucket. */
export function checkpointFolder(prefix: string, origin: string): string {
  return `${prefix}${origin}/`;
}

/** Keys sort as sizes do, so that the newest is the last of a listing. */
export function formatCheckpointKey(folder: string, checkpoint: { size: number; keyId: string }): string {
  return `${folder}${formatSize(checkpoint.size)}-${checkpoint.keyId}.txt`;
}

/** A text that sorts before the keys of this size and of all larger ones, and after all smaller ones. */
export function beforeSize(folder: string, size: number): string {
  return `${folder}${formatSize(size)}`;
}

/** The size that a key names; null for a key of something else. */
export function parseCheckpointKey(folder: string, key: string): number | null {
  const name = key.startsWith(folder) ? key.slice(folder.length) : "";
  const [, size] = /^(\d{12})-[0-9a-f]{8}\.txt$/.exec(name) ?? [];
  return size === undefined ? null : Number(size);
}

function formatSize(size: number): string {
  return String(size).padStart(SIZE_DIGITS, "0");
}
