import { mayEverywhere } from "#lib/domain/access/access.ts";
import { mayAtAny, placesOf } from "#lib/domain/access/places.ts";
import type { HalfSighting } from "#lib/domain/half.ts";
import type { Lock } from "#lib/domain/lock.ts";
import { parseStatePathHash } from "#lib/domain/lock-key.ts";
import type { Source } from "#lib/domain/source.ts";
import { AppError } from "#lib/services/errors.ts";
import type { Context } from "#lib/services/ports/context.ts";
import { listAllLocks } from "./list-locks.ts";

export type StatePath = { readonly bucket: string; readonly stateKey: string };

/** A lock with the sightings its halves came from: only these say where something may be deleted. */
export type FoundLock =
  | {
      readonly verdict: "present";
      readonly lock: Lock;
      readonly sightings: readonly HalfSighting[];
      readonly statePath: StatePath;
    }
  | { readonly verdict: "gone"; readonly statePath: StatePath };

/** How many earlier halves tell in which accounts a lock that is gone was. */
const HISTORY_LIMIT = 50;

/**
 * Finds a lock by its key, or the state path it once protected; throws `not_found` for a key that was never seen, and for one
 * that the actor may not see.
 */
export async function findLock(ctx: Context, key: string): Promise<FoundLock> {
  const lock = (await listAllLocks(ctx)).find((candidate) => candidate.key === key);
  if (lock !== undefined) {
    const current = await ctx.sightings.listCurrent();
    const sightings = lock.halves.map((half) => {
      const sighting = current.find(
        (candidate) =>
          candidate.sourceId === half.sourceId &&
          candidate.fingerprint === half.fingerprint &&
          formatLocation(candidate, ctx.sources) === half.location,
      );
      if (sighting === undefined)
        throw new AppError("The lock changed while it was being read.", { code: "changed", hint: "Load it again." });
      return sighting;
    });
    return { verdict: "present", lock, sightings, statePath: { bucket: lock.bucket, stateKey: lock.stateKey } };
  }
  const hash = parseStatePathHash(key);
  const statePath = hash === null ? null : await ctx.sightings.findStatePath(hash);
  if (statePath === null || !(await wasVisible(ctx, statePath))) {
    throw new AppError("There is no such lock.", {
      code: "not_found",
      hint: "GET /api/v1/locks lists every lock with its key.",
    });
  }
  return { verdict: "gone", statePath };
}

/** The accounts in which halves of a state path were seen, as far as they are still configured. */
export async function accountsOfStatePath(ctx: Context, statePath: StatePath): Promise<readonly string[]> {
  const history = await ctx.sightings.listOfStatePath({ ...statePath, limit: HISTORY_LIMIT });
  const ids = new Set(history.map(({ sourceId }) => sourceId));
  return ctx.sources.filter(({ id }) => ids.has(id)).map(({ account }) => account.name);
}

async function wasVisible(ctx: Context, statePath: StatePath): Promise<boolean> {
  if (mayEverywhere(ctx.access, "locks.view")) return true;
  // A lock that stands is in the list of whoever may see it: nobody else may learn that its path was ever locked.
  return mayAtAny(ctx.access, "locks.view", placesOf(statePath, await accountsOfStatePath(ctx, statePath)));
}

/** Where a half is, as people write it: `bucket/key.tflock` or `table/LockID`. */
export function formatLocation(half: HalfSighting, sources: readonly Source[]): string {
  const source = sources.find((candidate) => candidate.id === half.sourceId);
  return `${source?.name ?? half.bucket}/${half.location}`;
}
