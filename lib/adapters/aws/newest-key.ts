import { beforeSize, parseCheckpointKey, SIZE_MAX } from "./checkpoint-key.ts";

type List = (after: string, count: number) => Promise<{ readonly keys: readonly string[]; readonly isLast: boolean }>;

const KEYS_AT_ONCE = 1_000;

/**
 * The key of the newest checkpoint after `after`, or null. One request where little is new; else some forty, however many
 * checkpoints a year or ten have left.
 */
export async function findNewestKey(input: { folder: string; after: string; listAfter: List }): Promise<string | null> {
  const { folder, after, listAfter } = input;
  const sizeOf = (key: string | undefined) => (key === undefined ? null : parseCheckpointKey(folder, key));
  const page = await listAfter(after, KEYS_AT_ONCE);
  let newest = page.keys.findLast((key) => sizeOf(key) !== null) ?? null;
  if (page.isLast || newest === null) return newest;
  let low = sizeOf(newest) ?? 0;
  let high = SIZE_MAX;
  // There is a checkpoint of `low` events, and none of more than `high`.
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    const [key] = (await listAfter(beforeSize(folder, middle), 1)).keys;
    const size = sizeOf(key);
    if (key === undefined || size === null) high = middle - 1;
    else [newest, low] = [key, size];
  }
  return newest;
}
