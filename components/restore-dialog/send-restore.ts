import { type Reply, sendRecorded } from "#components/recorded-action/send-recorded.ts";
import { fetchUnlock } from "#components/unlock-dialog/send-unlock.ts";
import type { RestoreView } from "#lib/domain/restore-view.ts";
import type { UnlockDetail } from "#lib/domain/unlock-view.ts";

/** Asks for the lock to be put back; with the same key it is put once at most. */
export function sendRestore(unlockId: string, reason: string, idempotencyKey: string): Promise<Reply<RestoreView>> {
  return sendRecorded(`/api/v1/unlocks/${encodeURIComponent(unlockId)}/restore`, { reason }, idempotencyKey);
}

/** One attempt as its unlock's record has it now; null where it could not be read. */
export async function fetchRestore(unlockId: string, restoreId: string): Promise<RestoreView | null> {
  const unlock = await fetchUnlock<UnlockDetail>(unlockId);
  return unlock?.restores.find((restore) => restore.id === restoreId) ?? null;
}
