import type { S3Client } from "@aws-sdk/client-s3";
import type { HalfSighting } from "#lib/domain/half.ts";
import type { Source, SourceError } from "#lib/domain/source.ts";
import type { SweepProgress, SweepResult } from "#lib/services/ports.ts";
import { describeFailure } from "./aws-errors.ts";
import type { AwsLimits } from "./limits.ts";
import { createBodyReader, type Observation } from "./s3-bodies.ts";
import { listLockPages } from "./s3-lister.ts";
import type { ScanCalls } from "./scan-calls.ts";

export type BucketSweep = {
  readonly client: S3Client;
  readonly source: Source;
  readonly calls: ScanCalls;
  readonly limits: AwsLimits;
  readonly known: readonly HalfSighting[];
  readonly onProgress: (progress: SweepProgress) => void;
  readonly onFailure: (thrown: unknown) => void;
};

/** Lists a bucket and reads the lock bodies that are new or changed. Never throws. */
export async function sweepBucket(sweep: BucketSweep): Promise<SweepResult> {
  const { client, source, calls, onProgress } = sweep;
  const observe = createBodyReader(sweep);
  const observed: Promise<Observation>[] = [];
  let pages = 0;
  let objectsSeen = 0;
  let foreignSeen = 0;
  let listingError: SourceError | null = null;
  try {
    for await (const page of listLockPages(client, source, calls)) {
      pages += 1;
      objectsSeen += page.objectsSeen;
      foreignSeen += page.foreignSeen;
      observed.push(...page.locks.map(observe));
      onProgress({ pages, objectsSeen, locksFound: observed.length });
    }
  } catch (thrown) {
    sweep.onFailure(thrown);
    listingError = describeFailure(thrown, source, "ListObjectsV2");
  }
  const observations = await Promise.all(observed);
  const halves = observations.flatMap(({ half }) => (half === null ? [] : [half]));
  const error = listingError ?? observations.find((observation) => observation.error !== null)?.error ?? null;
  const outcome = error === null ? "ok" : pages === 0 ? "error" : "partial";
  return { outcome, halves, requests: calls.counted(), objectsSeen, digestsSeen: 0, foreignSeen, error };
}
