import type { NodeHttpHandler } from "@smithy/node-http-handler";
import type { HttpHandlerOptions } from "@smithy/types";
import { type ListedPage, readListedPage } from "./listed-page.ts";
import { ListingFormatError } from "./listing-error.ts";
import type { Attempt } from "./request-pace.ts";

/** What a caller adds to the options of `client.send` to be given the page that the answer holds. */
export type ListPageOptions = HttpHandlerOptions & {
  readonly onListedPage: (page: ListedPage) => void;
  /** Called for each attempt with the status of its answer, retries of the SDK included. */
  readonly onAttempt?: (attempt: Attempt) => void;
};

type Handle = NodeHttpHandler["handle"];
type Answer = Awaited<ReturnType<Handle>>["response"];

/** No page of a thousand keys is longer, each of 1,024 bytes with three characters a byte. */
const PAGE_BYTES_MAX = 8 * 1024 * 1024;
/** What the SDK then reads: a listing of nothing. */
const EMPTY_LISTING = Buffer.from("<ListBucketResult/>");

/**
 * Reads pages of listings from their bytes, in place of the SDK's parser. Only for calls that ask for it by `onListedPage`;
 * every other answer, and any that is no listing, goes to the SDK as it came.
 */
export function readPagesOf(handler: NodeHttpHandler): NodeHttpHandler {
  const handle: Handle = handler.handle.bind(handler);
  handler.handle = async (request, options) => {
    if (!wantsPage(options)) return handle(request, options);
    const startedMs = performance.now();
    let status = 0;
    try {
      const { response } = await handle(request, options);
      const body = await readBody(response);
      status = response.statusCode;
      if (body !== null) response.body = handOver(body, options);
      return { response };
    } finally {
      options.onAttempt?.({ status, durationMs: performance.now() - startedMs });
    }
  };
  return handler;
}

/** Gives the page to who asked for it, and returns what is left for the SDK to read. */
function handOver(body: Buffer, { onListedPage }: ListPageOptions): Buffer {
  const page = readListedPage(body);
  if (page === null) return body;
  onListedPage(page);
  return EMPTY_LISTING;
}

function wantsPage(options: HttpHandlerOptions | undefined): options is ListPageOptions {
  return options !== undefined && "onListedPage" in options;
}

/** Null when the body is for the SDK to read: an error's is short, and the SDK may want it as a stream. */
async function readBody(response: Answer): Promise<Buffer | null> {
  if (response.statusCode !== 200) return null;
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response.body) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > PAGE_BYTES_MAX) throw new ListingFormatError("it is longer than any listing");
  }
  return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks, length);
}
