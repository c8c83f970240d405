import { ListObjectsV2Command, type ListObjectsV2CommandOutput, type S3Client } from "@aws-sdk/client-s3";
import type { StateListing } from "#lib/domain/half.ts";
import { parseLockObjectKey } from "#lib/domain/s3-lock-key.ts";
import type { Source } from "#lib/domain/source.ts";
import { InvalidAnswerError } from "./aws-failure.ts";
import { quoteEtag } from "./etag.ts";
import type { ScanCalls } from "./scan-calls.ts";

/** A lock object as the listing shows it, with the state beside it. */
export type ListedLock = {
  readonly key: string;
  readonly stateKey: string;
  readonly etag: string | null;
  readonly sizeBytes: number;
  readonly lastModifiedMs: number | null;
  readonly state: StateListing | null;
};

export type ListingPage = {
  readonly objectsSeen: number;
  readonly foreignSeen: number;
  readonly locks: readonly ListedLock[];
};

/** Lists every lock of a bucket with the SDK's own reader, page after page, whatever their order; throws when a page fails, having given those before it. */
export async function* listLockPages(client: S3Client, source: Source, calls: ScanCalls): AsyncGenerator<ListingPage> {
  const readPage = createPageReader();
  const tokensSeen = new Set<string>();
  let token: string | undefined;
  let undecodable = 0;
  do {
    const command = new ListObjectsV2Command({
      Bucket: source.name,
      ExpectedBucketOwner: source.account.id,
      EncodingType: "url",
      Prefix: source.prefix === "" ? undefined : source.prefix,
      ContinuationToken: token,
    });
    calls.count(command.middlewareStack);
    const answer = await calls.run((abortSignal) => client.send(command, { abortSignal }));
    // A portal's page parses to nothing; a listing has at least one of these, and S3's has all.
    const isListing = answer.Name ?? answer.KeyCount ?? answer.IsTruncated ?? answer.Contents;
    if (isListing === undefined) throw new InvalidAnswerError("What answered in place of S3 gives no listing.");
    const page = readPage(answer);
    undecodable += page.undecodable;
    yield page;
    token = nextToken(answer, tokensSeen);
  } while (token !== undefined);
  if (undecodable > 0) throw new InvalidAnswerError(describeUndecodable(undecodable));
}

export function describeUndecodable(count: number): string {
  return `${count} keys of the listing cannot be decoded; locks among them are not shown.`;
}

/** Undoes `encoding-type=url`, where a space is `+`; null when the escapes are no UTF-8. */
export function decodeListedKey(key: string): string | null {
  try {
    return decodeURIComponent(key.replaceAll("+", "%20"));
  } catch {
    return null;
  }
}

function nextToken(answer: ListObjectsV2CommandOutput, tokensSeen: Set<string>): string | undefined {
  const token = answer.NextContinuationToken;
  if (!(answer.IsTruncated ?? token !== undefined)) return undefined;
  if (token === undefined) throw new InvalidAnswerError("The listing says it goes on, but not where.");
  if (tokensSeen.has(token)) throw new InvalidAnswerError("The listing goes round in circles: a page came twice.");
  tokensSeen.add(token);
  return token;
}

type PageReader = (answer: ListObjectsV2CommandOutput) => ListingPage & { readonly undecodable: number };

/**
 * Finds the state beside each lock in constant memory: keys come in UTF-8 order, so everything listed between a state and
 * its lock starts with the state's key, and only keys that are prefixes of the present one need be remembered.
 */
function createPageReader(): PageReader {
  const prefixes: { key: string; listing: StateListing }[] = [];

  function place(key: string, listing: StateListing): void {
    for (let last = prefixes.at(-1); last && !key.startsWith(last.key); last = prefixes.at(-1)) prefixes.pop();
    prefixes.push({ key, listing });
  }

  return (answer) => {
    const entries = answer.Contents ?? [];
    const locks: ListedLock[] = [];
    let foreignSeen = 0;
    let undecodable = 0;
    for (const { Key = "", ETag, Size = 0, LastModified } of entries) {
      // A store that does not know the encoding sends keys as they are, and says so by not naming it.
      const key = answer.EncodingType === "url" ? decodeListedKey(Key) : Key;
      if (key === null) {
        undecodable += 1;
        continue;
      }
      const lastModifiedMs = LastModified?.getTime() ?? null;
      place(key, { lastModifiedMs: lastModifiedMs ?? 0, sizeBytes: Size });
      const parsed = parseLockObjectKey(key);
      if (parsed.verdict === "foreign") foreignSeen += 1;
      if (parsed.verdict !== "lock") continue;
      const { stateKey } = parsed;
      const state = prefixes.find((prefix) => prefix.key === stateKey)?.listing ?? null;
      locks.push({
        key,
        stateKey,
        etag: ETag === undefined ? null : quoteEtag(ETag),
        sizeBytes: Size,
        lastModifiedMs,
        state,
      });
    }
    return { objectsSeen: entries.length, foreignSeen, locks, undecodable };
  };
}
