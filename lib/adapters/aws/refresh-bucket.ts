import type { S3Client } from "@aws-sdk/client-s3";
import type { HalfSighting, ObservedHalf } from "#lib/domain/half.ts";
import type { KeyRange } from "#lib/domain/key-range.ts";
import type { RefreshPlan } from "#lib/domain/refresh-plan.ts";
import type { Source, SourceError } from "#lib/domain/source.ts";
import { compareUtf8 } from "#lib/domain/utf8-order.ts";
import type { SweepResult } from "#lib/services/ports/scanning.ts";
import { describeFailure } from "./aws-errors.ts";
import { InvalidAnswerError } from "./aws-failure.ts";
import type { BucketListing, BucketListings } from "./bucket-listing.ts";
import type { AwsOperation } from "./iam-statements.ts";
import type { AwsLimits } from "./limits.ts";
import { ListingOrderError } from "./listing/listing-error.ts";
import { listBeside } from "./lock-beside.ts";
import { askKnown, askUnknown } from "./refresh-place.ts";
import { listRange, type RangeLock } from "./refresh-range.ts";
import { createBodyReader } from "./s3-bodies.ts";
import { describeUndecodable, type ListedLock } from "./s3-lister.ts";
import type { ScanCalls } from "./scan-calls.ts";

export type BucketRefresh = {
  readonly client: S3Client;
  readonly source: Source;
  readonly calls: ScanCalls;
  readonly limits: AwsLimits;
  readonly listings: BucketListings;
  readonly known: readonly HalfSighting[];
  readonly plan: RefreshPlan;
  readonly onFailure: (thrown: unknown) => void;
};

/**
 * Looks for locks where the plan says. Covered is only what surely was seen: ranges listed to their end, and known places that
 * S3 answered for. Never throws.
 */
export async function refreshBucket(refresh: BucketRefresh): Promise<SweepResult> {
  const { plan, calls } = refresh;
  const look = createLook(refresh);
  const places = [...new Set(plan.locations)];
  await Promise.all([listRanges(refresh, look), ...places.map((location) => askPlace(refresh, look, location))]);
  await look.bodiesRead();
  const { error, halves, hasAnswer, ...seen } = look.seen();
  return {
    outcome: error === null ? "ok" : hasAnswer ? "partial" : "error",
    halves: halves.toSorted((a, b) => compareUtf8(a.location, b.location)),
    requests: calls.counted(),
    digestsSeen: 0,
    error,
    ...seen,
  };
}

async function listRanges(refresh: BucketRefresh, look: Look): Promise<void> {
  const { plan, source, listings } = refresh;
  if (plan.ranges.length === 0) return;
  const listing = listings.open(refresh);
  const ranges = plan.ranges.values();
  const work = async () => {
    // All workers take from the one iterator.
    for (const range of ranges) if (!look.isHopeless()) await listOne(refresh, look, listing, range);
  };
  await Promise.all(Array.from({ length: Math.min(listing.slots.wanted(), plan.ranges.length) }, work));
  listing.close();
  // A store that was seen to list otherwise may have left something out of the other ranges too.
  if (!listings.isSplittable(source)) look.uncoverRanges();
}

/** Never throws. */
async function listOne(refresh: BucketRefresh, look: Look, listing: BucketListing, range: KeyRange): Promise<void> {
  const { listings, source } = refresh;
  try {
    if (!listings.isSplittable(source)) throw new ListingOrderError("this store was seen to list otherwise");
    const end = await listRange(listing, range, (lock) => look.read(completeState(refresh, look, lock)));
    look.noteListed(end);
    if (end.undecodable > 0) throw new InvalidAnswerError(describeUndecodable(end.undecodable));
    look.coverRange(range);
  } catch (thrown) {
    if (thrown instanceof ListingOrderError) listings.refuseSplits(source);
    look.fail(thrown, "ListObjectsV2");
  }
}

/** A lock without the state that may lie before its range is still a lock. */
async function completeState(refresh: BucketRefresh, look: Look, lock: RangeLock): Promise<ListedLock> {
  if (lock.isStateSure) return lock;
  try {
    return { ...lock, state: (await listBeside(refresh, lock.stateKey)).state };
  } catch (thrown) {
    look.fail(thrown, "ListObjectsV2");
    return lock;
  }
}

async function askPlace(refresh: BucketRefresh, look: Look, location: string): Promise<void> {
  const before = look.knownAt(location);
  // Waiting for a place among the calls is part of asking, and hope may end meanwhile.
  const calls: ScanCalls = {
    ...refresh.calls,
    run: (call) => refresh.calls.run((signal) => (look.isHopeless() ? Promise.reject(new NotAsked()) : call(signal))),
  };
  const reader = { ...refresh, calls };
  try {
    const answer = before === undefined ? await askUnknown(reader, location) : await askKnown(reader, before);
    look.take(answer.kind === "present" || answer.kind === "unreadable" ? answer.half : null);
    if (answer.kind === "present" || answer.kind === "gone") look.coverLocation(location);
    if (answer.kind === "found") look.read(Promise.resolve(answer.lock));
  } catch (thrown) {
    if (!(thrown instanceof NotAsked)) look.fail(thrown, "GetObject");
  }
}

/** Too much failed already; what failed first says why. */
class NotAsked extends Error {}

type Look = ReturnType<typeof createLook>;

/** Gathers what one look finds, and what it may say about it. */
function createLook(refresh: BucketRefresh) {
  const { source, known, limits, onFailure } = refresh;
  const knownByKey = new Map(known.map((half) => [half.location, half]));
  const readBody = createBodyReader(refresh);
  const halves: ObservedHalf[] = [];
  const reading: Promise<void>[] = [];
  const ranges: KeyRange[] = [];
  const locations: string[] = [];
  let objectsSeen = 0;
  let foreignSeen = 0;
  let hasAnswer = false;
  let error: SourceError | null = null;
  // Each failure may have taken its whole time: a store in trouble must not be asked for thousands of places.
  let failuresLeft = limits.lateBodies;

  function fail(thrown: unknown, operation: AwsOperation): void {
    failuresLeft -= 1;
    onFailure(thrown);
    error ??= describeFailure(thrown, source, operation);
  }

  return {
    fail,
    isHopeless: () => failuresLeft <= 0,
    knownAt: (location: string) => knownByKey.get(location),
    take(half: ObservedHalf | null): void {
      hasAnswer = true;
      if (half === null) return;
      objectsSeen += 1;
      halves.push(half);
    },
    read(lock: Promise<ListedLock>): void {
      hasAnswer = true;
      reading.push(
        lock.then(readBody).then((observation) => {
          error ??= observation.error;
          if (observation.half !== null) halves.push(observation.half);
        }),
      );
    },
    noteListed(end: { objectsSeen: number; foreignSeen: number }): void {
      hasAnswer = true;
      objectsSeen += end.objectsSeen;
      foreignSeen += end.foreignSeen;
    },
    coverRange: (range: KeyRange) => void ranges.push(range),
    uncoverRanges(): void {
      ranges.length = 0;
    },
    coverLocation: (location: string) => void locations.push(location),
    bodiesRead: () => Promise.all(reading),
    seen: () => ({
      halves,
      objectsSeen,
      foreignSeen,
      hasAnswer,
      error,
      coverage: { kind: "part", ranges, locations: locations.toSorted(compareUtf8) } as const,
    }),
  };
}
