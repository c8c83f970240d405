import type { HalfSighting } from "#lib/domain/half.ts";
import type { Lock } from "#lib/domain/lock.ts";
import { countLocks, filterLocks, type LockFilter } from "#lib/domain/lock-filter.ts";
import type { LockList } from "#lib/domain/lock-list.ts";
import { buildLocks, sortByNeed } from "#lib/domain/lock-view.ts";
import { AppError } from "#lib/services/errors.ts";
import type { Context } from "#lib/services/ports.ts";
import { listSources } from "#lib/services/sources/list-sources.ts";
import { awsNow } from "./aws-time.ts";

export type ListLocksInput = { readonly filter: LockFilter; readonly limit: number; readonly cursor: string | null };

type Built = {
  readonly sources: Context["sources"];
  readonly states: string;
  readonly atMs: number;
  readonly locks: readonly Lock[];
};

/** The store answers the same array until something changed; ages in words may lag by this much. */
const BUILT_FOR_MS_MAX = 1000;
const built = new WeakMap<readonly HalfSighting[], Built>();

/** Every lock now known of the configured sources, most in need of a person first. */
export async function listAllLocks(ctx: Context): Promise<readonly Lock[]> {
  const [sightings, sourceStates] = await Promise.all([ctx.sightings.listCurrent(), ctx.sightings.listSourceStates()]);
  const nowMs = awsNow(ctx);
  const states = JSON.stringify(sourceStates);
  const last = built.get(sightings);
  const isFresh = last !== undefined && nowMs >= last.atMs && nowMs - last.atMs < BUILT_FOR_MS_MAX;
  if (isFresh && last.sources === ctx.sources && last.states === states) return last.locks;

  const configured = new Set(ctx.sources.map((source) => source.id));
  const locks = sortByNeed(
    buildLocks({
      sightings: sightings.filter((sighting) => configured.has(sighting.sourceId)),
      sources: ctx.sources,
      sourceStates,
      nowMs,
      sha256: ctx.sha256,
    }),
  );
  built.set(sightings, { sources: ctx.sources, states, atMs: nowMs, locks });
  return locks;
}

/** One page of the locks that match, with the freshness of every source. A cursor that names no lock starts after its place. */
export async function listLocks(ctx: Context, input: ListLocksInput): Promise<LockList> {
  const [all, sources] = await Promise.all([listAllLocks(ctx), listSources(ctx)]);
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
