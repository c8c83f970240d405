import type { S3Client } from "@aws-sdk/client-s3";
import type { HalfSighting, ObservedHalf } from "#lib/domain/half.ts";
import type { Source, SourceError } from "#lib/domain/source.ts";
import { NO_MEMORY, type SourceMemory } from "#lib/domain/source-memory.ts";
import { compareUtf8 } from "#lib/domain/utf8-order.ts";
import type { SweepProgress, SweepResult } from "#lib/services/ports/scanning.ts";
import { describeFailure } from "./aws-errors.ts";
import { InvalidAnswerError } from "./aws-failure.ts";
import type { BucketListings } from "./bucket-listing.ts";
import { quoteEtag } from "./etag.ts";
import { createFoundNews, type FoundNews } from "./found-news.ts";
import type { AwsLimits } from "./limits.ts";
import { listLocks } from "./listing/list-locks.ts";
import { ListingOrderError } from "./listing/listing-error.ts";
import { createBodyReader, type Observation } from "./s3-bodies.ts";
import { describeUndecodable, type ListingPage, listLockPages } from "./s3-lister.ts";
import type { ScanCalls } from "./scan-calls.ts";

export type BucketSweep = {
  readonly client: S3Client;
  readonly source: Source;
  readonly calls: ScanCalls;
  readonly limits: AwsLimits;
  readonly listings: BucketListings;
  readonly known: readonly HalfSighting[];
  readonly memory?: SourceMemory | undefined;
  readonly onProgress: (progress: SweepProgress) => void;
  /** Given halves whose body was not known, as they are read; known ones are no news. */
  readonly onFound?: ((halves: readonly ObservedHalf[]) => void) | undefined;
  readonly onFailure: (thrown: unknown) => void;
};

/** Lists a bucket and reads the lock bodies that are new or changed. Never throws. */
export async function sweepBucket(sweep: BucketSweep): Promise<SweepResult> {
  const { source, calls, listings } = sweep;
  const news = createFoundNews(sweep.onFound);
  let gathered = createGathering(sweep, news);
  let memory: SourceMemory | null = null;
  let listingError: SourceError | null = null;
  try {
    if (listings.isSplittable(source)) {
      memory = await listInRanges(sweep, gathered);
      if (memory === null) {
        listings.refuseSplits(source);
        // What a listing found that went wrong is found again, by a gathering that knows nothing of it.
        await gathered.observations();
        gathered = createGathering(sweep, news);
      }
    }
    if (memory === null) await listInTurn(sweep, gathered);
  } catch (thrown) {
    sweep.onFailure(thrown);
    listingError = describeFailure(thrown, source, "ListObjectsV2");
  }
  const observations = await gathered.observations();
  news.close();
  const { hasPage, objectsSeen, foreignSeen } = gathered.seen();
  const error = listingError ?? observations.find((observation) => observation.error !== null)?.error ?? null;
  return {
    outcome: error === null ? "ok" : hasPage ? "partial" : "error",
    halves: observations
      .flatMap(({ half }) => (half === null ? [] : [half]))
      .sort((a, b) => compareUtf8(a.location, b.location)),
    requests: calls.counted(),
    objectsSeen,
    digestsSeen: 0,
    foreignSeen,
    error,
    notice: listings.isSplittable(source) ? null : LISTED_IN_TURN,
    // What an earlier listing remembered would not fit a store that lists otherwise.
    ...(listingError === null && { memory: memory ?? NO_MEMORY }),
  };
}

/** Null when the store does not list as S3 does, so that parts of its listing cannot be trusted to make up the whole. */
async function listInRanges(sweep: BucketSweep, gathered: Gathering): Promise<SourceMemory | null> {
  const { source, memory = NO_MEMORY } = sweep;
  const listing = sweep.listings.open(sweep);
  try {
    const end = await listLocks({
      ...listing,
      prefix: source.prefix,
      memory,
      async fetchPage(start) {
        const page = await listing.fetchPage(start);
        gathered.notePage();
        return page;
      },
      onPage(page) {
        const locks = page.locks.map((lock) => ({ ...lock, etag: lock.etag === null ? null : quoteEtag(lock.etag) }));
        gathered.add({ ...page, locks });
      },
    });
    if (end.undecodable > 0) throw new InvalidAnswerError(describeUndecodable(end.undecodable));
    return end.memory;
  } catch (thrown) {
    if (thrown instanceof ListingOrderError) return null;
    throw thrown;
  } finally {
    listing.close();
  }
}

async function listInTurn({ client, source, calls }: BucketSweep, gathered: Gathering): Promise<void> {
  for await (const page of listLockPages(client, source, calls)) {
    gathered.notePage();
    gathered.add(page);
  }
}

type Gathering = {
  /** An answer came that is a page, whatever its place in the listing. */
  readonly notePage: () => void;
  readonly add: (page: ListingPage) => void;
  readonly seen: () => { hasPage: boolean; objectsSeen: number; foreignSeen: number };
  /** Resolves when all bodies are read. */
  readonly observations: () => Promise<Observation[]>;
};

function createGathering(sweep: BucketSweep, news: FoundNews): Gathering {
  const read = createBodyReader(sweep);
  const observed: Promise<Observation>[] = [];
  let hasPage = false;
  let pages = 0;
  let objectsSeen = 0;
  let foreignSeen = 0;

  async function observe(lock: ListingPage["locks"][number]): Promise<Observation> {
    const observation = await read(lock);
    if (observation.half !== null && !observation.isKnown) news.add(observation.half);
    return observation;
  }

  return {
    notePage() {
      hasPage = true;
    },
    add(page) {
      pages += 1;
      objectsSeen += page.objectsSeen;
      foreignSeen += page.foreignSeen;
      for (const lock of page.locks) observed.push(observe(lock));
      sweep.onProgress({ pages, objectsSeen, locksFound: observed.length });
    },
    seen: () => ({ hasPage, objectsSeen, foreignSeen }),
    observations: () => Promise.all(observed),
  };
}

const LISTED_IN_TURN = {
  code: "listed_in_turn",
  message: "This store does not list its objects in S3's order, so it is listed page after page, which is slower.",
  hint: "Nothing is missed. A store that starts a listing where it is asked to, in the order of UTF-8 bytes, is listed faster.",
} as const;
