import { FULL_ACCESS } from "#lib/domain/access/access.ts";
import { type Approval, isOfLock } from "#lib/domain/approval.ts";
import { compareWithShown } from "#lib/domain/unlock-compare.ts";
import { findLock } from "#lib/services/locks/find-lock.ts";
import type { Context } from "#lib/services/ports/context.ts";

export type LockCheck =
  | { readonly verdict: "same" }
  | { readonly verdict: "changed"; readonly problem: string }
  /** It cannot be told now. */
  | { readonly verdict: "unread"; readonly problem: string };

/** Whether the lock of a request is exactly the one that was asked for, by a strong read of every half with the scan role. */
export async function checkLock(ctx: Context, approval: Approval): Promise<LockCheck> {
  const found = await findLock({ ...ctx, access: FULL_ACCESS }, approval.lockKey);
  if (found.verdict === "gone") return { verdict: "changed", problem: "The lock is gone." };
  const { lock, sightings } = found;
  const { lockId, fingerprint } = lock;
  if (!isOfLock(approval, { lockKey: lock.key, lockId, fingerprint }))
    return { verdict: "changed", problem: "The lock changed since it was asked for." };

  const checks = await Promise.all(
    sightings.map(async (sighting): Promise<LockCheck> => {
      const source = ctx.sources.find(({ id }) => id === sighting.sourceId);
      if (source === undefined) return { verdict: "unread", problem: "Its source is no longer configured." };
      const read = await ctx.scanner.readHalf(source, sighting);
      switch (compareWithShown(sighting, read)) {
        case "as_shown":
          return { verdict: "same" };
        case "different":
          return { verdict: "changed", problem: "The lock changed since it was asked for." };
        case "absent":
          return { verdict: "changed", problem: "The lock is gone." };
        case "denied":
        case "failed":
          return { verdict: "unread", problem: "message" in read ? `${read.message} ${read.hint}` : "" };
      }
    }),
  );
  return (
    checks.find(({ verdict }) => verdict === "changed") ??
    checks.find(({ verdict }) => verdict === "unread") ?? { verdict: "same" }
  );
}
