import {
  type DeleteMarkerEntry,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
  type ObjectVersion,
  type S3Client,
} from "@aws-sdk/client-s3";
import type { Source } from "#lib/domain/source.ts";
import type { RemovalProof } from "#lib/services/ports/halves.ts";
import type { SourceScanner } from "#lib/services/ports/scanning.ts";
import { describeFailure, isAccessDenied } from "./aws-errors.ts";
import { InvalidAnswerError, readFailure } from "./aws-failure.ts";
import { quoteEtag } from "./etag.ts";
import { decodeListedKey } from "./s3-lister.ts";

type RemovedHalf = Parameters<SourceScanner["findRemoval"]>[1];
type Search = {
  readonly client: S3Client;
  readonly source: Source;
  readonly half: RemovedHalf;
  readonly call: <T>(send: (abortSignal: AbortSignal) => Promise<T>) => Promise<T>;
};
type History = { versions: ObjectVersion[]; markers: DeleteMarkerEntry[]; requestId: string | null };

/** A lock has two entries for each run since; what does not fit on these pages happened too long ago to tell. */
const ENTRIES_PER_PAGE = 250;
const PAGES_MAX = 4;
const MARKERS_ASKED_MAX = 4;

/**
 * Looks in a bucket's history for a delete marker after `sinceMs` that lies directly on exactly this half. S3 dates entries
 * by whole seconds, so what lies on what is asked, never concluded from times. Never throws.
 */
export async function findObjectRemoval(search: Search): Promise<RemovalProof> {
  const { half } = search;
  try {
    const history = await readHistory(search);
    const index = history.versions.findIndex((version) => isHalf(version, half));
    const { requestId } = history;
    if (index < 0) return notProven("The bucket's history does not show this lock.", requestId);
    if (history.versions[index]?.IsLatest === true) {
      return notProven("The bucket's history shows this lock as still there.", requestId);
    }
    const since = markersBetween(history, index).filter(({ LastModified }) => isSince(LastModified, half.sinceMs));
    for (const marker of since.slice(0, MARKERS_ASKED_MAX)) {
      const answer = await listVersions(search, { after: marker, entries: 1 });
      if (isDirectlyBelow(answer, half)) {
        const { requestId: provenBy = null } = answer.$metadata;
        return { verdict: "removed", removedAtMs: secondOf(marker.LastModified), requestId: provenBy };
      }
    }
    return notProven("The bucket's history does not show that this lock was deleted after that time.", requestId);
  } catch (thrown) {
    return explain(thrown, search.source);
  }
}

/** Reads the entries of exactly this key, newest first, until the half is among them. */
async function readHistory(search: Search): Promise<History> {
  const history: History = { versions: [], markers: [], requestId: null };
  let after: DeleteMarkerEntry | undefined;
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const answer = await listVersions(search, { after, entries: ENTRIES_PER_PAGE });
    history.requestId = answer.$metadata.requestId ?? null;
    const ofKey = (entry: { Key?: string | undefined }) => isKey(answer, entry, search.half.location);
    history.versions.push(...(answer.Versions ?? []).filter(ofKey));
    history.markers.push(...(answer.DeleteMarkers ?? []).filter(ofKey));
    if (history.versions.some((version) => isHalf(version, search.half))) break;
    const next = { Key: answer.NextKeyMarker, VersionId: answer.NextVersionIdMarker };
    // Longer keys that start with this one come after all of its entries.
    if (answer.IsTruncated !== true || !ofKey(next)) break;
    after = next;
  }
  return history;
}

async function listVersions(
  { client, source, half, call }: Search,
  { after, entries }: { after: DeleteMarkerEntry | undefined; entries: number },
): Promise<ListObjectVersionsCommandOutput> {
  const command = new ListObjectVersionsCommand({
    Bucket: source.name,
    ExpectedBucketOwner: source.account.id,
    EncodingType: "url",
    Prefix: half.location,
    MaxKeys: entries,
    ...(after === undefined ? {} : { KeyMarker: half.location, VersionIdMarker: after.VersionId }),
  });
  const answer = await call((abortSignal) => client.send(command, { abortSignal }));
  const isListing = answer.Name ?? answer.IsTruncated ?? answer.Versions ?? answer.DeleteMarkers;
  if (isListing === undefined) throw new InvalidAnswerError("What answered in place of S3 gives no history.");
  return answer;
}

/** The markers that may lie between a version and the next newer one, oldest first. */
function markersBetween({ versions, markers }: History, index: number): readonly DeleteMarkerEntry[] {
  const fromMs = secondOf(versions[index]?.LastModified);
  const newer = versions[index - 1];
  const toMs = newer === undefined ? Number.POSITIVE_INFINITY : secondOf(newer.LastModified);
  return markers
    .filter(({ LastModified }) => secondOf(LastModified) >= fromMs && secondOf(LastModified) <= toMs)
    .toReversed();
}

function isDirectlyBelow(answer: ListObjectVersionsCommandOutput, half: RemovedHalf): boolean {
  const [version, ...others] = answer.Versions ?? [];
  const isAlone = others.length === 0 && (answer.DeleteMarkers ?? []).length === 0;
  return isAlone && version !== undefined && isKey(answer, version, half.location) && isHalf(version, half);
}

/** Without a recorded version, the ETag must be of a version that was there at that time: a restored lock has it too. */
function isHalf(version: ObjectVersion, half: RemovedHalf): boolean {
  const isSameEtag = half.etag !== null && quoteEtag(version.ETag ?? "") === quoteEtag(half.etag);
  if (half.versionId === null) return isSameEtag && secondOf(version.LastModified) <= secondOf(half.sinceMs);
  return version.VersionId === half.versionId && (half.etag === null || isSameEtag);
}

function isKey(
  answer: ListObjectVersionsCommandOutput,
  entry: { Key?: string | undefined },
  location: string,
): boolean {
  const { Key = "" } = entry;
  return (answer.EncodingType === "url" ? decodeListedKey(Key) : Key) === location;
}

function isSince(time: Date | undefined, sinceMs: number): boolean {
  return secondOf(time) >= secondOf(sinceMs);
}

function secondOf(time: Date | number | undefined): number {
  return Math.floor(Number(time ?? Number.NaN) / 1000) * 1000;
}

function explain(thrown: unknown, source: Source): RemovalProof {
  const failure = readFailure(thrown);
  const { message } = describeFailure(thrown, source, "ListObjectVersions");
  const missing = isAccessDenied(failure) ? " It takes s3:ListBucketVersions." : "";
  return notProven(`The bucket's history could not be read: ${message}${missing}`, failure.requestId);
}

function notProven(detail: string, requestId: string | null): RemovalProof {
  return { verdict: "not_proven", detail, requestId };
}
