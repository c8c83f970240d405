import type { PageStart } from "#lib/adapters/aws/listing/list-locks.ts";
import { type ListedPage, readListedPage } from "#lib/adapters/aws/listing/listed-page.ts";
import { writeListing } from "./listing-xml.ts";

/** For tests: a store whose pages are as mean as S3's contract allows. All its choices come from `random`. */
export type KeyServer = {
  readonly fetchPage: (start: PageStart) => Promise<ListedPage>;
  readonly requests: () => number;
  readonly put: (key: string, sizeBytes: number) => void;
  readonly remove: (key: string) => void;
};

export type KeyServerKnobs = {
  pageKeys: number;
  shortPages: boolean;
  emptyPages: boolean;
  failures: boolean;
  isUrlEncoded: boolean;
};

export class FlakyError extends Error {}

/** Serves keys in the order of their bytes, which `Buffer.compare` knows and the code under test does not use. */
export function createKeyServer(options: {
  objects: ReadonlyMap<string, number>;
  knobs: KeyServerKnobs;
  random: (below: number) => number;
  onRequest?: () => void;
}): KeyServer {
  const { knobs, random } = options;
  const sizes = new Map(options.objects);
  let ordered: { key: string; bytes: Buffer }[] | null = null;
  let requests = 0;

  function inOrder() {
    ordered ??= [...sizes.keys()]
      .map((key) => ({ key, bytes: Buffer.from(key) }))
      .sort((a, b) => Buffer.compare(a.bytes, b.bytes));
    return ordered;
  }

  return {
    async fetchPage({ startAfter, token }) {
      requests += 1;
      options.onRequest?.();
      for (let turns = random(6); turns > 0; turns -= 1) await Promise.resolve();
      if (knobs.failures && random(5) === 0) throw new FlakyError("Nothing came back.");
      const after = Buffer.from(token === null ? startAfter : Buffer.from(token.slice(1), "base64").toString());
      const rest = inOrder().filter(({ bytes }) => Buffer.compare(bytes, after) > 0);
      const isEmpty = knobs.emptyPages && !token?.startsWith("2") && random(3) === 0;
      const most = isEmpty ? 0 : knobs.shortPages ? 1 + random(knobs.pageKeys) : knobs.pageKeys;
      const listed = rest.slice(0, most);
      // A store may say that it goes on although nothing comes any more.
      const goesOn =
        rest.length > listed.length || isEmpty || (knobs.emptyPages && listed.length > 0 && random(4) === 0);
      const last = listed.at(-1)?.key ?? after.toString();
      const stage = isEmpty ? (token?.startsWith("1") ? "2" : "1") : "0";
      const xml = writeListing({
        objects: listed.map(({ key }) => ({ key, sizeBytes: sizes.get(key) ?? 0, lastModifiedMs: 1_000, etag: '"e"' })),
        nextToken: goesOn ? stage + Buffer.from(last).toString("base64") : null,
        isUrlEncoded: knobs.isUrlEncoded,
      });
      const page = readListedPage(Buffer.from(xml));
      if (page === null) throw new Error("The server wrote no listing.");
      return page;
    },
    requests: () => requests,
    put(key, sizeBytes) {
      sizes.set(key, sizeBytes);
      ordered = null;
    },
    remove(key) {
      sizes.delete(key);
      ordered = null;
    },
  };
}
