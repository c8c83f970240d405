import type { ListedPage } from "#lib/adapters/aws/listing/listed-page.ts";
import { createRangeBook, type RangeBook } from "#lib/adapters/aws/listing/range-book.ts";
import { compareUtf8 } from "#lib/domain/utf8-order.ts";

/** For tests: what listing a bucket costs when every page takes one unit of time. */
export type Simulation = { requests: number; rounds: number; keysFound: number; book: RangeBook };

/** Lists `keys`, which must be in order, with `slots` requests in flight, without any wire. */
export function simulateListing(keys: readonly string[], slots: number, boundaries: readonly string[]): Simulation {
  const book = createRangeBook({ prefix: "", boundaries });
  let requests = 0;
  let rounds = 0;
  let keysFound = 0;
  while (!book.isDone()) {
    const taken = Array.from({ length: slots }, () => book.take()).filter((range) => range !== undefined);
    const pages = taken.map((range) => pageAfter(keys, range.low));
    for (const [index, range] of taken.entries()) {
      const page = pages[index];
      if (page !== undefined) keysFound += book.note(range, page);
    }
    requests += taken.length;
    rounds += 1;
  }
  return { requests, rounds, keysFound, book };
}

function pageAfter(keys: readonly string[], after: string): ListedPage {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareUtf8(keys[middle] ?? "", after) <= 0) low = middle + 1;
    else high = middle;
  }
  const listed = keys.slice(low, low + 1000);
  return {
    objectCount: listed.length,
    undecodable: 0,
    keys: { bytes: Buffer.alloc(0), ends: [], entryOf: [], undecodable: 0, isLastDecodable: true },
    keyCount: listed.length,
    keyAt: (index) => listed[index] ?? "",
    objectAt: (index) => ({ key: listed[index] ?? "", etag: null, sizeBytes: 0, lastModifiedMs: null }),
    lastKey: listed.at(-1) ?? null,
    nextToken: low + 1000 < keys.length ? "more" : null,
  };
}
