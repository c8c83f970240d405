import type { HalfSighting } from "./half.ts";
import { type ReadHalf, readHalfText } from "./read-half.ts";
import type { Source } from "./source.ts";

/** The halves that protect one state path together. */
export type LockPair = {
  readonly bucket: string;
  readonly stateKey: string;
  /** The bucket's source, or the table's where that bucket is not configured. */
  readonly home: Source;
  readonly isBucketConfigured: boolean;
  readonly s3: ReadHalf | null;
  readonly dynamodb: ReadHalf | null;
  /** Set where the state path is locked in a further table: such a lock stands alone. */
  readonly extraSourceId: string | null;
  /** Names of other tables that hold the same `LockID`. */
  readonly otherTables: readonly string[];
};

type Place = { readonly home: Source; readonly isBucketConfigured: boolean };

/** The halves of one state path in one account, however many tables and sweeps saw it. */
export type HalfGroup = Place & { readonly halves: readonly ReadHalf[] };

/**
 * Joins current sightings by account, bucket and state key; sightings of sources that are not configured, or that are
 * gone, take no part. The result does not depend on the order of the sightings.
 */
export function pairHalves(sightings: readonly HalfSighting[], sources: readonly Source[]): readonly LockPair[] {
  const places = new PlaceFinder(sources);
  const groups = new Map<string, Place & { readonly halves: ReadHalf[] }>();
  for (const sighting of sightings) {
    const placed = places.place(sighting);
    if (placed === null) continue;
    const group = groups.get(placed.groupId) ?? { ...placed.place, halves: [] };
    groups.set(placed.groupId, group);
    group.halves.push(readHalf(sighting, placed.source));
  }
  return [...groups.values()].flatMap(splitGroup);
}

/** A half with what its text says. */
export function readHalf(sighting: HalfSighting, source: Source): ReadHalf {
  return { sighting, source, text: readHalfText(sighting) };
}

export type Placed = { readonly groupId: string; readonly source: Source; readonly place: Place };

/** Finds the account a bucket belongs to. */
export class PlaceFinder {
  readonly #sources = new Map<string, Source>();
  readonly #buckets = new Map<string, Source[]>();
  readonly #places = new Map<string, Place>();

  constructor(sources: readonly Source[]) {
    for (const source of sources.toSorted((a, b) => compareText(a.id, b.id))) {
      this.#sources.set(source.id, source);
      if (source.kind !== "s3") continue;
      this.#buckets.set(source.name, [...(this.#buckets.get(source.name) ?? []), source]);
    }
  }

  /** The group a sighting belongs to; null for one that is gone, or whose source is not configured. */
  place(sighting: HalfSighting): Placed | null {
    const source = this.#sources.get(sighting.sourceId);
    if (source === undefined || sighting.goneAtMs !== null) return null;
    const place = this.#find(sighting.bucket, source);
    return { groupId: `${place.home.account.name}\n${sighting.bucket}\n${sighting.stateKey}`, source, place };
  }

  /** A bucket of the same account first; otherwise the first by id, so that the answer is always the same. */
  #find(bucket: string, source: Source): Place {
    const id = `${source.id}\n${bucket}`;
    const known = this.#places.get(id);
    if (known !== undefined) return known;
    const candidates = this.#buckets.get(bucket) ?? [];
    const own = candidates.find((candidate) => candidate.account.name === source.account.name) ?? candidates[0];
    const place = { home: own ?? source, isBucketConfigured: own !== undefined };
    this.#places.set(id, place);
    return place;
  }
}

/** The locks of one state path: its pair, and one for each further table that holds it. */
export function splitGroup(group: HalfGroup): readonly LockPair[] {
  const s3 = pickCurrent(group.halves.filter((half) => half.sighting.mechanism === "s3"));
  const tables = Map.groupBy(
    group.halves.filter((half) => half.sighting.mechanism === "dynamodb"),
    (half) => half.source.id,
  );
  const rows = [...tables.values()]
    .map(pickCurrent)
    .filter((row) => row !== null)
    .sort((a, b) => compareText(a.source.id, b.source.id));
  const joined = rows.find((row) => s3 !== null && row.text.info.id !== null && row.text.info.id === s3.text.info.id);
  const first = joined ?? rows[0] ?? null;

  const toPair = (dynamodb: ReadHalf | null, isFirst: boolean): LockPair => ({
    bucket: (s3 ?? dynamodb)?.sighting.bucket ?? "",
    stateKey: (s3 ?? dynamodb)?.sighting.stateKey ?? "",
    home: group.home,
    isBucketConfigured: group.isBucketConfigured,
    s3: isFirst ? s3 : null,
    dynamodb,
    extraSourceId: isFirst ? null : (dynamodb?.source.id ?? null),
    otherTables: rows.filter((row) => row !== dynamodb).map((row) => nameTable(row.source, group.home)),
  });
  return [toPair(first, true), ...rows.filter((row) => row !== first).map((row) => toPair(row, false))];
}

/** Tables of one name can exist in every account and region. */
function nameTable(table: Source, home: Source): string {
  const account = table.account.name === home.account.name ? "" : ` of ${table.account.name}`;
  return `${table.name}${account}${table.region === home.region ? "" : ` in ${table.region}`}`;
}

/**
 * One place may have several sightings: two prefixes of one bucket that overlap, or a broken-off sweep beside an older
 * one. The newest counts; of equal ones always the same, or the lock's fingerprint would flicker.
 */
function pickCurrent(halves: readonly ReadHalf[]): ReadHalf | null {
  const [only] = halves;
  if (halves.length < 2) return only ?? null;
  const newest = halves.toSorted(compareAge)[0];
  const same = halves.filter((half) => half.sighting.etag === newest?.sighting.etag && isSameText(half, newest));
  return same.sort(compareReadable)[0] ?? null;
}

function isSameText(a: ReadHalf, b: ReadHalf | undefined): boolean {
  const [one, other] = [a.sighting.fingerprint, b?.sighting.fingerprint ?? null];
  return one === other || (a.sighting.etag !== null && (one === null || other === null));
}

function compareAge(a: ReadHalf, b: ReadHalf): number {
  return (
    b.sighting.lastSeenAtMs - a.sighting.lastSeenAtMs ||
    b.sighting.firstSeenAtMs - a.sighting.firstSeenAtMs ||
    compareReadable(a, b)
  );
}

function compareReadable(a: ReadHalf, b: ReadHalf): number {
  const rank = (half: ReadHalf) => (half.text.verdict === "denied" ? 1 : 0);
  return rank(a) - rank(b) || compareText(a.source.id, b.source.id) || compareText(a.sighting.id, b.sighting.id);
}

function compareText(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
