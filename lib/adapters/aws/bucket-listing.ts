import { setTimeout as pause } from "node:timers/promises";
import type { S3Client } from "@aws-sdk/client-s3";
import type { Source } from "#lib/domain/source.ts";
import { isThrottled } from "./aws-errors.ts";
import type { AwsLimits } from "./limits.ts";
import { createFairSlots } from "./listing/fair-slots.ts";
import { createLagMeter } from "./listing/lag-meter.ts";
import type { LockListing } from "./listing/list-locks.ts";
import { createRequestPace, PACE_LIMITS } from "./listing/request-pace.ts";
import { createPageFetcher } from "./listing/s3-pages.ts";
import type { ScanCalls } from "./scan-calls.ts";
import { callWithin } from "./time-limit.ts";

/** What the listings of all buckets in one process share: their places, and what each bucket was seen to take. */
export type BucketListings = {
  /** Begins to list a bucket; `close` must be called at the end. */
  readonly open: (input: { client: S3Client; source: Source; calls: ScanCalls }) => BucketListing;
  /** False after `refuseSplits`: such a bucket is listed page after page for as long as this process lives. */
  readonly isSplittable: (source: Source) => boolean;
  readonly refuseSplits: (source: Source) => void;
};

/** How one bucket is asked for pages: bounded in number and time, slower where it asks for that, counted with all attempts. */
export type BucketListing = Pick<LockListing, "slots" | "fetchPage" | "mayRetry"> & { readonly close: () => void };

/** Waited, half more or less, after a request to slow down that the SDK gave up on. */
const PAUSE_MS = 500;

export function createBucketListings(limits: AwsLimits): BucketListings {
  const slots = createFairSlots({
    perSource: limits.pagesPerBucket,
    perAccount: limits.pagesPerAccount,
    inAll: limits.pagesInAll,
  });
  const lag = createLagMeter();
  const wantedBefore = new Map<string, number>();
  const unsplittable = new Set<string>();

  return {
    isSplittable: (source) => !unsplittable.has(source.id),
    refuseSplits: (source) => void unsplittable.add(source.id),
    open({ client, source, calls }) {
      const start = wantedBefore.get(source.id) ?? PACE_LIMITS.start;
      const pace = createRequestPace({ limits: { start, most: limits.pagesPerBucket }, lagMs: lag.lagMs });
      const endWatch = lag.watch();
      let pages = 0;
      const ask = createPageFetcher({
        client,
        bucket: source.name,
        owner: source.account.id,
        prefix: source.prefix,
        run: (call) => callWithin(limits.scanCallMs, call),
        onAttempt: pace.note,
        count: calls.count,
      });
      return {
        slots: { acquire: slots.openLane(source.account.id).acquire, wanted: pace.wanted },
        async fetchPage(start) {
          try {
            const page = await ask(start);
            pages += 1;
            return page;
          } catch (thrown) {
            // The SDK no longer pauses when its quota of retries is used up. The slot is kept meanwhile, on purpose.
            if (isThrottled(thrown)) await pause(PAUSE_MS * (0.5 + Math.random()));
            throw thrown;
          }
        },
        // Patience is for a bucket that answers others meanwhile: one that only refuses is left alone after one call's attempts.
        mayRetry: (cause, failures) => pages > 0 && isThrottled(cause) && failures < limits.throttledCalls,
        close() {
          wantedBefore.set(source.id, pace.wanted());
          endWatch();
        },
      };
    },
  };
}
