import fc from "fast-check";
import { expect, test } from "vitest";
import { NO_MEMORY } from "#lib/domain/source-memory.ts";
import { type GatheredPage, type LockListing, listLocks } from "./list-locks.ts";
import { readListedPage } from "./listed-page.ts";
import { createKeyServer, type KeyServerKnobs } from "./testing/key-server.ts";
import { checkListing, listingCase } from "./testing/listing-property.ts";

test("every lock that is there throughout is found once with its own state, whatever keys, pages, churn and failures", {
  timeout: 60_000,
}, async () => {
  await fc.assert(fc.asyncProperty(listingCase, checkListing), { numRuns: 1_000 });
  expect.hasAssertions();
});

test("a bucket of a thousand keys is listed with one request", async () => {
  const server = serve(Array.from({ length: 1_000 }, (_, index) => `k${index}.tflock`));

  const end = await listLocks(listingOf(server));

  expect([end.requests, end.memory.boundaries]).toEqual([1, []]);
});

test("what was found before a page that cannot be had is reported, and then the failure", async () => {
  const server = serve(["a", "a.tflock", "b"], { pageKeys: 2 });
  const pages: GatheredPage[] = [];
  const listing = listingOf(server, {
    fetchPage: (start) => (start.startAfter === "" ? server.fetchPage(start) : Promise.reject(new Error("gone"))),
    onPage: (page) => pages.push(page),
  });

  await expect(listLocks(listing)).rejects.toThrow("gone");

  expect(pages.flatMap(({ locks }) => locks)).toMatchObject([{ key: "a.tflock", state: { sizeBytes: 0 } }]);
});

test("a lock whose state's range failed is still reported, without its state", async () => {
  const server = serve(["a", "a-1", "a.tflock"]);
  const pages: GatheredPage[] = [];
  const listing = listingOf(server, {
    memory: { boundaries: ["a-1"] },
    fetchPage: (start) => (start.startAfter === "" ? Promise.reject(new Error("gone")) : server.fetchPage(start)),
    onPage: (page) => pages.push(page),
  });

  await expect(listLocks(listing)).rejects.toThrow("gone");

  expect(pages.flatMap(({ locks }) => locks)).toMatchObject([{ key: "a.tflock", state: null }]);
});

test("a store that does not start where it is asked to, or lists out of order, is refused", async () => {
  const server = serve(["a", "b", "c"], { pageKeys: 2 });
  const always = listingOf(server, { fetchPage: () => server.fetchPage({ startAfter: "", token: null }) });
  await expect(listLocks(always)).rejects.toThrow("does not begin where it was asked to");

  const xml = ["b", "a"].map((key) => `<Contents><Key>${key}</Key></Contents>`).join("");
  const page = readListedPage(Buffer.from(`<ListBucketResult>${xml}</ListBucketResult>`));
  if (page === null) throw new Error("It is no listing.");
  await expect(listLocks(listingOf(server, { fetchPage: () => Promise.resolve(page) }))).rejects.toThrow("in order");
});

test("a store that gives one token over and over is refused", async () => {
  const xml = "<IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken>";
  const page = readListedPage(Buffer.from(`<ListBucketResult>${xml}</ListBucketResult>`));
  if (page === null) throw new Error("It is no listing.");
  const listing = listingOf(serve([]), { fetchPage: () => Promise.resolve(page) });

  await expect(listLocks(listing)).rejects.toThrow("round in circles");
});

function serve(keys: readonly string[], knobs: Partial<KeyServerKnobs> = {}) {
  const tame = { pageKeys: 1_000, shortPages: false, emptyPages: false, failures: false, isUrlEncoded: true };
  const objects = new Map(keys.map((key, index) => [key, index]));
  return createKeyServer({ objects, knobs: { ...tame, ...knobs }, random: () => 0 });
}

function listingOf(server: ReturnType<typeof serve>, changes: Partial<LockListing> = {}): LockListing {
  return {
    prefix: "",
    memory: NO_MEMORY,
    slots: { acquire: () => Promise.resolve(() => undefined), wanted: () => 4 },
    fetchPage: server.fetchPage,
    mayRetry: () => false,
    onPage: () => undefined,
    ...changes,
  };
}
