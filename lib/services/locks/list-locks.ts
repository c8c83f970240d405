import type { Lock } from "#lib/domain/lock.ts";
import { createLockBuilder, type LockBuilder } from "#lib/domain/lock-builder.ts";
import { countLocks, filterLocks, type LockFilter } from "#lib/domain/lock-filter.ts";
import type { LockList } from "#lib/domain/lock-list.ts";
import type { SourceState } from "#lib/domain/source.ts";
import { visibleLocks } from "#lib/services/access/visible-locks.ts";
import { AppError } from "#lib/services/errors.ts";
import type { Context } from "#lib/services/ports/context.ts";
import { listSources } from "#lib/services/sources/list-sources.ts";
import { awsNow } from "./aws-time.ts";

export type ListLocksInput = { readonly filter: LockFilter; readonly limit: number; readonly cursor: string | null };

/** One store is asked about one configuration, save in tests. */
const builders = new WeakMap<Context["sightings"], { readonly sources: Context["sources"]; builder: LockBuilder }>();

/** Every lock now known that the actor may see, most in need of a person first. */
export async function listAllLocks(ctx: Context): Promise<readonly Lock[]> {
  return listLocksOf(ctx, ctx.sightings.listSourceStates());
}

/** Every lock and every source that the actor may see, from one reading of the sources' states. `ageLagMsMax` as in `BuildInput`. */
export async function listLocksAndSources(ctx: Context, { ageLagMsMax = 0 } = {}) {
  const states = ctx.sightings.listSourceStates();
  const [locks, sources] = await Promise.all([listLocksOf(ctx, states, ageLagMsMax), listSources(ctx, states)]);
  return { locks, sources };
}

async function listLocksOf(
  ctx: Context,
  states: Promise<readonly SourceState[]>,
  ageLagMsMax = 0,
): Promise<readonly Lock[]> {
  const [sightings, sourceStates] = await Promise.all([ctx.sightings.listCurrent(), states]);
  const input = { sightings, sourceStates, nowMs: awsNow(ctx), sha256: ctx.sha256, ageLagMsMax };
  return visibleLocks(ctx, builderOf(ctx).build(input));
}

function builderOf({ sightings, sources }: Context): LockBuilder {
  const known = builders.get(sightings);
  if (known?.sources === sources) return known.builder;
  const builder = createLockBuilder(sources);
  builders.set(sightings, { sources, builder });
  return builder;
}

/** One page of the locks that match, with the freshness of every source. A cursor that names no lock starts after its place. */
export async function listLocks(ctx: Context, input: ListLocksInput): Promise<LockList> {
  const { locks: all, sources } = await listLocksAndSources(ctx);
  const matching = filterLocks(all, input.filter);
  const start = input.cursor === null ? 0 : findStart(matching, input.cursor);
  const locks = matching.slice(start, start + input.limit);
  const last = locks.at(-1);
  const hasMore = start + locks.length < matching.length;
  return {
    asOf: new Date(awsNow(ctx)).toISOString(),
    sources,
    locks,
    nextCursor: hasMore && last !== undefined ? `${start + locks.length}.${last.key}` : null,
    counts: countLocks(all),
    matching: matching.length,
  };
}

/** The lock the last page ended with may have moved or gone: then its former place is the best that is known. */
function findStart(locks: readonly Lock[], cursor: string): number {
  const match = /^(\d{1,9})\.([0-9a-f]{40})$/.exec(cursor);
  if (match === null) {
    throw new AppError("The cursor is not one of ours.", {
      code: "invalid",
      hint: "Send nextCursor of the last page back unchanged, or leave cursor out.",
    });
  }
  const index = locks.findIndex((lock) => lock.key === match[2]);
  return index === -1 ? Math.min(Number(match[1]), locks.length) : index + 1;
}
