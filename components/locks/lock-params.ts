import { createLoader, type inferParserType, parseAsArrayOf, parseAsString } from "nuqs/server";
import { parseDuration } from "#lib/domain/duration.ts";
import type { LockFilter } from "#lib/domain/lock-filter.ts";
import { LOCK_COLUMN_IDS, type LockColumnId } from "./lock-column-ids.ts";

const list = parseAsArrayOf(parseAsString).withDefault([]);

/** The state of the list that lives in the URL; the filters have the API's names. */
export const LOCK_PARAMS = {
  q: parseAsString.withDefault(""),
  account: parseAsString.withDefault(""),
  bucket: parseAsString.withDefault(""),
  status: list,
  attention: list,
  operation: parseAsString.withDefault(""),
  minAge: parseAsString.withDefault(""),
  sort: parseAsString.withDefault(""),
};

export type LockParams = inferParserType<typeof LOCK_PARAMS>;

export const loadLockParams = createLoader(LOCK_PARAMS);

export const NO_FILTER = {
  q: null,
  account: null,
  bucket: null,
  status: null,
  attention: null,
  operation: null,
  minAge: null,
} as const;

/** The filter as the domain knows it; what cannot be understood filters nothing. */
export function toLockFilter(params: LockParams): LockFilter {
  return {
    q: params.q,
    // A name may have a comma in it, so it is a list of one.
    account: params.account === "" ? undefined : [params.account],
    bucket: params.bucket === "" ? undefined : [params.bucket],
    status: params.status,
    attention: params.attention,
    operation: params.operation === "" ? undefined : params.operation,
    minAgeMs: parseDuration(params.minAge) ?? undefined,
  };
}

/** How many filters are on, the search included. */
export function countFilters(params: LockParams): number {
  const { sort: _, ...filters } = params;
  return Object.values(filters).filter((value) => value.length > 0).length;
}

export type LockSort = { readonly id: LockColumnId; readonly isDescending: boolean };

/** Reads "age.desc"; null for the order by need. */
export function parseSort(text: string): LockSort | null {
  const [name, direction] = text.split(".");
  const id = LOCK_COLUMN_IDS.find((candidate) => candidate === name);
  return id === undefined ? null : { id, isDescending: direction === "desc" };
}

export function formatSort(sort: LockSort | null): string {
  return sort === null ? "" : `${sort.id}.${sort.isDescending ? "desc" : "asc"}`;
}

/** What a click on a column does: first the direction that is looked for most, then the other, then back to need. */
export function nextSort(current: LockSort | null, id: LockColumnId): LockSort | null {
  const startsDescending = id === "age";
  if (current?.id !== id) return { id, isDescending: startsDescending };
  return current.isDescending === startsDescending ? { id, isDescending: !startsDescending } : null;
}
