import { HeadObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import type { HalfSighting, ObservedHalf } from "#lib/domain/half.ts";
import { parseLockObjectKey } from "#lib/domain/s3-lock-key.ts";
import type { Source } from "#lib/domain/source.ts";
import { isAccessDenied, isUnreadable } from "./aws-errors.ts";
import { InvalidAnswerError, readFailure } from "./aws-failure.ts";
import { quoteEtag } from "./etag.ts";
import type { AwsLimits } from "./limits.ts";
import { listBeside } from "./lock-beside.ts";
import { makeReadHalf } from "./s3-bodies.ts";
import type { ListedLock } from "./s3-lister.ts";
import { readLockObject } from "./s3-object.ts";
import type { ScanCalls } from "./scan-calls.ts";

export type PlaceReader = {
  readonly client: S3Client;
  readonly source: Source;
  readonly calls: ScanCalls;
  readonly limits: AwsLimits;
};

/** What is known of one place after it was asked for. */
export type PlaceAnswer =
  | { readonly kind: "present"; readonly half: ObservedHalf }
  /** A lock is there whose body is still to be read. */
  | { readonly kind: "found"; readonly lock: ListedLock }
  | { readonly kind: "gone" }
  /** Nothing that was known is there, and nothing new. */
  | { readonly kind: "nothing" }
  /** It could not be read before either, and may have gone since: that only a listing tells. */
  | { readonly kind: "unreadable"; readonly half: ObservedHalf };

/** Asks again for a lock that is known, whose body comes only when it is another one. Throws what is no answer. */
export async function askKnown(reader: PlaceReader, before: HalfSighting): Promise<PlaceAnswer> {
  const { client, source, calls, limits } = reader;
  const half = toObserved(before);
  const isReadable = before.body.kind !== "denied";
  const input = {
    source,
    key: before.location,
    bytesMax: limits.bodyBytes,
    calls,
    ifNoneMatch: isReadable ? (before.etag ?? undefined) : undefined,
  };
  try {
    const read = await calls.run((abortSignal) => readLockObject(client, { ...input, abortSignal }));
    // Some stores send an object whatever the condition, and S3 one that is empty.
    if (isReadable && quoteEtag(read.etag) === before.etag) return { kind: "present", half };
    const { lock, state } = await listBeside(reader, before.stateKey);
    const facts = { etag: null, sizeBytes: read.sizeBytes, lastModifiedMs: read.lastModifiedMs };
    const listed = lock ?? { key: before.location, stateKey: before.stateKey, ...facts, state };
    return { kind: "present", half: makeReadHalf(source, listed, read) };
  } catch (thrown) {
    const failure = readFailure(thrown);
    if (failure.status === 304 && input.ifNoneMatch !== undefined) return { kind: "present", half };
    if (failure.code === "NoSuchKey") return { kind: "gone" };
    if (!isReadable && isUnreadable(failure)) return { kind: "unreadable", half };
    throw thrown;
  }
}

/** Asks whether there is a lock at a place where none is known. Throws what is no answer. */
export async function askUnknown(reader: PlaceReader, location: string): Promise<PlaceAnswer> {
  const parsed = parseLockObjectKey(location);
  if (parsed.verdict !== "lock") return { kind: "nothing" };
  const { stateKey } = parsed;
  const head = await headLock(reader, location);
  if (head === null) return { kind: "nothing" };
  const { lock, state } = await listBeside(reader, stateKey);
  if (lock === null) return { kind: "nothing" };
  return { kind: "found", lock: lock ?? { key: location, stateKey, ...head, state } };
}

type Head = Pick<ListedLock, "etag" | "sizeBytes" | "lastModifiedMs">;

/** Null when nothing is there. */
async function headLock(reader: PlaceReader, location: string): Promise<Head | null> {
  const { client, source, calls } = reader;
  const command = new HeadObjectCommand({
    Bucket: source.name,
    Key: location,
    ExpectedBucketOwner: source.account.id,
  });
  calls.count(command.middlewareStack);
  try {
    const answer = await calls.run((abortSignal) => client.send(command, { abortSignal }));
    const { ETag: etag, ContentLength: sizeBytes = 0, LastModified } = answer;
    if (etag === undefined) throw new InvalidAnswerError("The answer has no ETag, so S3 did not give it.");
    return { etag: quoteEtag(etag), sizeBytes, lastModifiedMs: LastModified?.getTime() ?? null };
  } catch (thrown) {
    const { status, requestId } = readFailure(thrown);
    // The request ID tells S3 from a portal.
    if (status === 404 && requestId !== null) return null;
    if (status === 403 || status === 400) return readRefused(reader, location);
    throw thrown;
  }
}

/** What refuses a HEAD does not say why; the answer to a GET does, and whether the lock is there. */
async function readRefused({ client, source, calls }: PlaceReader, key: string): Promise<Head | null> {
  try {
    const { etag, ...read } = await calls.run((abortSignal) =>
      readLockObject(client, { source, key, bytesMax: 1, abortSignal, calls }),
    );
    return { ...read, etag: quoteEtag(etag) };
  } catch (thrown) {
    const failure = readFailure(thrown);
    if (failure.code === "NoSuchKey") return null;
    // Encrypted: who lacks the key is still told that it is there.
    if (failure.isKms || (isUnreadable(failure) && !isAccessDenied(failure)))
      return { etag: null, sizeBytes: 1, lastModifiedMs: null };
    throw thrown;
  }
}

function toObserved(before: HalfSighting): ObservedHalf {
  const { sourceId, mechanism, location, bucket, stateKey, body, fingerprint } = before;
  const { etag, versionId, lastModifiedMs, state } = before;
  const address = { sourceId, mechanism, location, bucket, stateKey };
  return { ...address, body, fingerprint, etag, versionId, lastModifiedMs, state };
}
