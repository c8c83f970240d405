import type { S3Client } from "@aws-sdk/client-s3";
import type { HalfBody, HalfSighting, ObservedHalf } from "#lib/domain/half.ts";
import type { Source, SourceError } from "#lib/domain/source.ts";
import type { SweepProgress, SweepResult } from "#lib/services/ports.ts";
import { describeFailure, isUnreadable } from "./aws-errors.ts";
import { readFailure } from "./aws-failure.ts";
import { fingerprintOf } from "./fingerprint.ts";
import type { AwsLimits } from "./limits.ts";
import { type ListedLock, listLockPages } from "./s3-lister.ts";
import { readLockObject } from "./s3-object.ts";
import type { ScanCalls } from "./scan-calls.ts";

type BucketSweep = {
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
  const observe = createObserver(sweep);
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

/** `half` is null when the lock was released between listing and reading; `error` makes the sweep partial. */
type Observation = { readonly half: ObservedHalf | null; readonly error: SourceError | null };

function createObserver({ client, source, calls, limits, known, onFailure }: BucketSweep) {
  const knownByKey = new Map(known.map((sighting) => [sighting.location, sighting]));
  let bytesLeft = limits.sweepBodyBytes;

  async function readBody(lock: ListedLock): Promise<Observation> {
    if (bytesLeft <= 0) {
      return {
        half: makeHalf(source, lock, deniedBody(lock, "Not read: this bucket holds too many lock bodies.")),
        error: null,
      };
    }
    bytesLeft -= Math.min(lock.sizeBytes, limits.bodyBytes);
    try {
      const input = { source, key: lock.key, bytesMax: limits.bodyBytes, calls };
      const read = await calls.run((abortSignal) => readLockObject(client, { ...input, abortSignal }));
      const body = bytesBody(read.bytes, read.sizeBytes);
      // A listing may know the time better than the header, which has whole seconds.
      const lastModifiedMs = read.etag === lock.etag ? lock.lastModifiedMs : read.lastModifiedMs;
      const { etag, versionId } = read;
      return { half: { ...makeHalf(source, lock, body), etag, versionId, lastModifiedMs }, error: null };
    } catch (thrown) {
      onFailure(thrown);
      return explainUnread(source, lock, thrown);
    }
  }

  return async (lock: ListedLock): Promise<Observation> => {
    const before = knownByKey.get(lock.key);
    if (before !== undefined && isSameObject(before, lock)) {
      const { versionId, fingerprint } = before;
      return { half: { ...makeHalf(source, lock, before.body), versionId, fingerprint }, error: null };
    }
    if (lock.sizeBytes === 0) return { half: makeHalf(source, lock, bytesBody(new Uint8Array(), 0)), error: null };
    return readBody(lock);
  };
}

function explainUnread(source: Source, lock: ListedLock, thrown: unknown): Observation {
  const failure = readFailure(thrown);
  if (failure.code === "NoSuchKey") return { half: null, error: null };
  const error = describeFailure(thrown, source, "GetObject");
  if (isUnreadable(failure)) return { half: makeHalf(source, lock, deniedBody(lock, error.message)), error: null };
  const problem =
    error.code === "timeout" ? "The body could not be read in time." : `The body could not be read: ${error.message}`;
  return { half: makeHalf(source, lock, deniedBody(lock, problem)), error };
}

function makeHalf(source: Source, lock: ListedLock, body: HalfBody): ObservedHalf {
  return {
    sourceId: source.id,
    mechanism: "s3",
    location: lock.key,
    bucket: source.name,
    stateKey: lock.stateKey,
    body,
    fingerprint: fingerprintOf(body),
    etag: lock.etag,
    versionId: null,
    lastModifiedMs: lock.lastModifiedMs,
    state: lock.state,
  };
}

function isSameObject(before: HalfSighting, lock: ListedLock): boolean {
  if (before.body.kind !== "bytes" || lock.etag === null) return false;
  const { etag, lastModifiedMs, body } = before;
  return etag === lock.etag && lastModifiedMs === lock.lastModifiedMs && body.sizeBytes === lock.sizeBytes;
}

function bytesBody(bytes: Uint8Array, sizeBytes: number): HalfBody {
  return { kind: "bytes", bytes, sizeBytes, isTruncated: sizeBytes > bytes.length };
}

function deniedBody(lock: ListedLock, problem: string): HalfBody {
  return { kind: "denied", sizeBytes: lock.sizeBytes, problem };
}
