import type { S3Client } from "@aws-sdk/client-s3";
import type { HalfBody, HalfSighting, ObservedHalf } from "#lib/domain/half.ts";
import type { Source, SourceError } from "#lib/domain/source.ts";
import { describeFailure, isUnreadable } from "./aws-errors.ts";
import { readFailure } from "./aws-failure.ts";
import { quoteEtag } from "./etag.ts";
import { fingerprintOf } from "./fingerprint.ts";
import type { AwsLimits } from "./limits.ts";
import type { ListedLock } from "./s3-lister.ts";
import { type ReadObject, readLockObject } from "./s3-object.ts";
import type { ScanCalls } from "./scan-calls.ts";
import { TimeLimitError } from "./time-limit.ts";

/** `half` is null when the lock was released between listing and reading; `error` makes the sweep partial. */
export type Observation = {
  readonly half: ObservedHalf | null;
  readonly error: SourceError | null;
  /** The body is the one that is known, so it was not read. */
  readonly isKnown: boolean;
};

/** Makes the reader of one sweep's bodies: it asks only for those that are new or changed, and never throws. */
export function createBodyReader(sweep: {
  client: S3Client;
  source: Source;
  calls: ScanCalls;
  limits: AwsLimits;
  known: readonly HalfSighting[];
  onFailure: (thrown: unknown) => void;
}): (lock: ListedLock) => Promise<Observation> {
  const { client, source, calls, limits } = sweep;
  const knownByKey = new Map(sweep.known.map((sighting) => [sighting.location, sighting]));
  let bytesLeft = limits.sweepBodyBytes;
  let latesLeft = limits.lateBodies;

  async function readBody(lock: ListedLock): Promise<Observation> {
    const input = { source, key: lock.key, bytesMax: limits.bodyBytes, calls };
    try {
      const read = await calls.run((abortSignal) => {
        if (latesLeft <= 0) throw new TimeLimitError(limits.scanCallMs);
        return readLockObject(client, { ...input, abortSignal });
      });
      return found(makeReadHalf(source, lock, read));
    } catch (thrown) {
      if (readFailure(thrown).kind === "time_limit") latesLeft -= 1;
      sweep.onFailure(thrown);
      return explainUnread(source, lock, thrown);
    }
  }

  return async (lock) => {
    const before = knownByKey.get(lock.key);
    if (before !== undefined && isSameObject(before, lock)) {
      const { body, versionId, fingerprint } = before;
      return { half: makeHalf(source, lock, { body, fingerprint, versionId }), error: null, isKnown: true };
    }
    if (lock.sizeBytes === 0) return found(makeHalf(source, lock, withFingerprint(bytesBody(new Uint8Array(), 0))));
    if (bytesLeft <= 0) return found(makeHalf(source, lock, withFingerprint(deniedBody(lock, TOO_MANY))));
    bytesLeft -= Math.min(lock.sizeBytes, limits.bodyBytes);
    return readBody(lock);
  };
}

/** The half that an object's read body makes, with what its listing says of it and of the state beside it. */
export function makeReadHalf(source: Source, lock: ListedLock, read: ReadObject): ObservedHalf {
  const { bytes, sizeBytes, versionId } = read;
  const half = makeHalf(source, lock, { ...withFingerprint(bytesBody(bytes, sizeBytes)), versionId });
  // A listing may know the time better than the header, which has whole seconds.
  const etag = quoteEtag(read.etag);
  return { ...half, etag, lastModifiedMs: etag === lock.etag ? lock.lastModifiedMs : read.lastModifiedMs };
}

const TOO_MANY = "Not read: this bucket holds too many lock bodies.";

function explainUnread(source: Source, lock: ListedLock, thrown: unknown): Observation {
  const failure = readFailure(thrown);
  if (failure.code === "NoSuchKey") return { half: null, error: null, isKnown: false };
  const error = describeFailure(thrown, source, "GetObject");
  if (isUnreadable(failure)) return found(makeHalf(source, lock, withFingerprint(deniedBody(lock, error.message))));
  const isLate = error.code === "timeout";
  const problem = isLate ? "The body could not be read in time." : `The body could not be read: ${error.message}`;
  return { half: makeHalf(source, lock, withFingerprint(deniedBody(lock, problem))), error, isKnown: false };
}

function found(half: ObservedHalf): Observation {
  return { half, error: null, isKnown: false };
}

type Content = Pick<ObservedHalf, "body" | "fingerprint"> & { readonly versionId?: string | null };

function withFingerprint(body: HalfBody): Content {
  return { body, fingerprint: fingerprintOf(body) };
}

function makeHalf(source: Source, lock: ListedLock, { body, fingerprint, versionId = null }: Content): ObservedHalf {
  return {
    sourceId: source.id,
    mechanism: "s3",
    location: lock.key,
    bucket: source.name,
    stateKey: lock.stateKey,
    body,
    fingerprint,
    etag: lock.etag,
    versionId,
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
