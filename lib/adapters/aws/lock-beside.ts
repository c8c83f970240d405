import type { S3Client } from "@aws-sdk/client-s3";
import type { StateListing } from "#lib/domain/half.ts";
import type { Source } from "#lib/domain/source.ts";
import { compareUtf8 } from "#lib/domain/utf8-order.ts";
import { quoteEtag } from "./etag.ts";
import { pairLocks } from "./listing/lock-pairing.ts";
import { createPageFetcher } from "./listing/s3-pages.ts";
import type { ListedLock } from "./s3-lister.ts";
import type { ScanCalls } from "./scan-calls.ts";

export type Neighbours = {
  readonly state: StateListing | null;
  /** The state's lock as a sweep would list it; null when there is none, undefined when the page ends before it. */
  readonly lock: ListedLock | null | undefined;
};

/**
 * Lists what begins with a state's key: the state, if there is one, and mostly its lock. A listing and no HEAD, which would
 * need the right to read states.
 */
export async function listBeside(
  { client, source, calls }: { client: S3Client; source: Source; calls: ScanCalls },
  stateKey: string,
): Promise<Neighbours> {
  const fetchPage = createPageFetcher({
    client,
    bucket: source.name,
    owner: source.account.id,
    prefix: stateKey,
    run: calls.run,
    onAttempt: () => undefined,
    count: calls.count,
  });
  const page = await fetchPage({ startAfter: "", token: null });
  const { locks } = pairLocks(page, page.keyCount, []);
  const lock = locks.find((one) => one.stateKey === stateKey);
  const first = page.keyCount > 0 ? page.objectAt(0) : null;
  const state =
    first?.key === stateKey ? { lastModifiedMs: first.lastModifiedMs ?? 0, sizeBytes: first.sizeBytes } : null;
  if (lock !== undefined) {
    return { state, lock: { ...lock, etag: lock.etag === null ? null : quoteEtag(lock.etag) } };
  }
  const isReached =
    page.nextToken === null || (page.lastKey !== null && compareUtf8(page.lastKey, `${stateKey}.tflock`) > 0);
  return { state, lock: isReached ? null : undefined };
}
