import { ListObjectsV2Command, type S3Client } from "@aws-sdk/client-s3";
import type { PageStart } from "./list-locks.ts";
import type { ListPageOptions } from "./list-page-handler.ts";
import type { ListedPage } from "./listed-page.ts";
import { ListingFormatError } from "./listing-error.ts";

/** Asks S3 for pages of one bucket. The client's request handler must be one of `readPagesOf`. */
export function createPageFetcher(options: {
  client: S3Client;
  bucket: string;
  owner: string;
  prefix: string;
  /** Runs each call within its limits of time and number. */
  run: <T>(call: (abortSignal: AbortSignal) => Promise<T>) => Promise<T>;
  onAttempt: NonNullable<ListPageOptions["onAttempt"]>;
  /** Makes a command count its attempts. */
  count?: (command: ListObjectsV2Command["middlewareStack"]) => void;
}): (start: PageStart) => Promise<ListedPage> {
  const { client, bucket, owner, prefix, run, onAttempt, count } = options;
  return async ({ startAfter, token }) => {
    const command = new ListObjectsV2Command({
      Bucket: bucket,
      ExpectedBucketOwner: owner,
      EncodingType: "url",
      Prefix: prefix === "" ? undefined : prefix,
      ...(token === null ? { StartAfter: startAfter === "" ? undefined : startAfter } : { ContinuationToken: token }),
    });
    count?.(command.middlewareStack);
    let page: ListedPage | null = null;
    const onListedPage = (listed: ListedPage) => {
      page = listed;
    };
    await run((abortSignal) => {
      const sending: ListPageOptions = { abortSignal, onListedPage, onAttempt };
      return client.send(command, sending);
    });
    // The SDK read it, so it was no listing: a portal's page, or another store's idea of one.
    if (page === null) throw new ListingFormatError("what answered in place of S3 gives none");
    return page;
  };
}
