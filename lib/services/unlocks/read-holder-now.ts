import type { HolderNow } from "#lib/domain/unlock.ts";
import { listAllLocks } from "#lib/services/locks/list-locks.ts";
import type { Context } from "#lib/services/ports/context.ts";

/** Who holds the lock with this key, as far as the last sweeps know; null when nobody was seen. */
export async function readHolderNow(ctx: Context, key: string): Promise<HolderNow | null> {
  const lock = (await listAllLocks(ctx)).find((candidate) => candidate.key === key);
  if (lock === undefined) return null;
  const { lockId, who, operation, createdAt } = lock;
  return { lockId, who, operation, createdAt };
}
