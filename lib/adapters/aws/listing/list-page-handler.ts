import type { NodeHttpHandler } from "@smithy/node-http-handler";
import type { HttpHandlerOptions } from "@smithy/types";
import { type ListedPage, readListedPage } from "./listed-page.ts";
import { ListingFormatError } from "./listing-error.ts";

/** What a caller adds to the options of `client.send` to be given the page that the answer holds. */
export type ListPageOptions = HttpHandlerOptions & {
  readonly onListedPage: (page: ListedPage) => void;
  /** Called for each attempt with the status of its answer, retries of the SDK included. */
  readonly onAttempt?: (attempt: { status: number; durationMs: number }) => void;
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
    const { response } = await handle(request, options);
    const body = await readBody(response);
    options.onAttempt?.({ status: response.statusCode, durationMs: performance.now() - startedMs });
    if (response.statusCode !== 200 || body === null) return { response };
    const page = readListedPage(body);
    response.body = page === null ? body : EMPTY_LISTING;
    if (page !== null) options.onListedPage(page);
    return { response };
  };
  return handler;
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
