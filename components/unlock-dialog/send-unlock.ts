import { isRecorded, type Reply, sendRecorded } from "#components/recorded-action/send-recorded.ts";
import type { UnlockView } from "#lib/domain/unlock-view.ts";

export type UnlockWish = {
  readonly key: string;
  readonly lockId: string | null;
  readonly fingerprint: string;
  readonly reason: string;
};

/** Asks for the unlock; with the same key the delete is sent once at most. */
export function sendUnlock(wish: UnlockWish, idempotencyKey: string): Promise<Reply<UnlockView>> {
  return sendRecorded("/api/v1/unlocks", wish, idempotencyKey);
}

/** The record as it is now; null where it could not be read. */
export async function fetchUnlock<View extends UnlockView = UnlockView>(id: string): Promise<View | null> {
  try {
    const response = await fetch(`/api/v1/unlocks/${encodeURIComponent(id)}`, { cache: "no-store" });
    const body: unknown = await response.json();
    return response.ok && isRecorded<View>(body) ? body : null;
  } catch {
    return null;
  }
}
