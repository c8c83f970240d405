import { parseDuration } from "#lib/domain/duration.ts";
import type { LockFilter } from "#lib/domain/lock-filter.ts";
import { LOCK_COLUMN_IDS, type LockColumnId } from "./lock-column-ids.ts";

/** The state of the list that lives in the URL; the filters have the API's names. Empty means: not in the URL. */
export type LockParams = {
  readonly q: string;
  readonly account: string;
  readonly bucket: string;
  readonly status: readonly string[];
  readonly attention: readonly string[];
  readonly operation: string;
  readonly minAge: string;
  readonly sort: string;
};

const NO_PARAMS: LockParams = {
  q: "",
  account: "",
  bucket: "",
  status: [],
  attention: [],
  operation: "",
  minAge: "",
  sort: "",
};

export const NO_FILTER = (({ sort: _, ...filters }) => filters)(NO_PARAMS);

/** What the URL says; a parameter that stands twice counts once. */
export function readLockParams(search: { get(name: string): string | null }): LockParams {
  const read = (name: keyof LockParams) => search.get(name) ?? "";
  return {
    q: read("q"),
    account: read("account"),
    bucket: read("bucket"),
    status: splitList(read("status")),
    attention: splitList(read("attention")),
    operation: read("operation"),
    minAge: read("minAge"),
    sort: read("sort"),
  };
}

/** The parameters in a URL, "?q=vpc&status=half,split"; whatever else is in it stays. */
export function writeLockParams(params: LockParams, search: string): string {
  const written = new URLSearchParams(search);
  for (const [name, value] of Object.entries(params)) {
    if (value.length === 0) written.delete(name);
    else written.set(name, typeof value === "string" ? value : value.join(","));
  }
  // A comma needs no escape in a query, and people read these.
  const text = written.toString().replaceAll("%2C", ",");
  return text === "" ? "" : `?${text}`;
}

function splitList(text: string): readonly string[] {
  return text.split(",").filter((part) => part !== "");
}

/** The same from the parameters that a page gets. */
export async function loadLockParams(
  searchParams: Promise<Readonly<Record<string, string | string[] | undefined>>>,
): Promise<LockParams> {
  const values = await searchParams;
  return readLockParams({ get: (name) => [values[name]].flat()[0] ?? null });
}

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
