import fc from "fast-check";
import { expect, test } from "vitest";
import { isInRange } from "#lib/domain/key-range.ts";
import { parseLockObjectKey } from "#lib/domain/s3-lock-key.ts";
import { compareUtf8 } from "#lib/domain/utf8-order.ts";
import type { BucketListing } from "./bucket-listing.ts";
import { createKeyServer, FlakyError, type KeyServerKnobs } from "./listing/testing/key-server.ts";
import { createRandom } from "./listing/testing/listing-property.ts";
import { listRange, type RangeLock } from "./refresh-range.ts";

const path = fc
  .array(fc.constantFrom("a", "b", "/", "-", "é", "\uFFFD", "\u{1F680}"), { minLength: 1, maxLength: 5 })
  .map((parts) => parts.join(""));
const family = fc
  .tuple(path, fc.subarray(["", ".tflock", "-x", "!", ".tflock.tflock", "/y", ".tflock-x"], { minLength: 1 }))
  .map(([start, ends]) => ends.map((end) => start + end));
const rangeCase = fc
  .record({
    families: fc.array(family, { minLength: 1, maxLength: 25 }),
    knobs: fc.record<KeyServerKnobs>({
      pageKeys: fc.integer({ min: 1, max: 6 }),
      shortPages: fc.boolean(),
      emptyPages: fc.boolean(),
      failures: fc.boolean(),
      isUrlEncoded: fc.boolean(),
    }),
    seed: fc.integer(),
  })
  .chain(({ families, ...rest }) => {
    const keys = [...new Set(families.flat())].sort(compareUtf8);
    const edge = fc.oneof(fc.constantFrom(...keys), path);
    const given = { keys: fc.constant(keys), rest: fc.constant(rest) };
    return fc.record({ ...given, after: fc.oneof(fc.constant(""), edge), through: fc.option(edge) });
  });

test("a range gives exactly the locks that lie in it, with their states or the word that these may lie before it", async () => {
  await fc.assert(
    fc.asyncProperty(rangeCase, async ({ keys, after, through, rest }) => {
      const sizes = new Map(keys.map((key, index) => [key, index]));
      const server = createKeyServer({ objects: sizes, knobs: rest.knobs, random: createRandom(rest.seed) });
      const found: RangeLock[] = [];

      const end = await listRange(listingOf(server.fetchPage), { after, through }, (lock) => found.push(lock));

      const inRange = keys.filter((key) => isInRange(key, { after, through }));
      expect(found.map(({ key }) => key)).toEqual(inRange.filter((key) => parseLockObjectKey(key).verdict === "lock"));
      expect(end.objectsSeen).toBe(inRange.length);
      for (const { key, stateKey, state, isStateSure, sizeBytes } of found) {
        expect(sizeBytes).toBe(sizes.get(key));
        if (isStateSure) expect([key, state?.sizeBytes]).toEqual([key, sizes.get(stateKey)]);
        else expect([state, inRange.includes(stateKey)]).toEqual([null, false]);
      }
    }),
    { numRuns: 500 },
  );
});

test("a range costs one request for each page that holds a key of it", async () => {
  const keys = Array.from({ length: 5_000 }, (_, index) => String(index).padStart(5, "0"));
  const knobs = { pageKeys: 1_000, shortPages: false, emptyPages: false, failures: false, isUrlEncoded: true };
  const server = createKeyServer({ objects: new Map(keys.map((key) => [key, 1])), knobs, random: () => 0 });

  await listRange(listingOf(server.fetchPage), { after: "00999", through: "01999" }, () => undefined);
  expect(server.requests()).toBe(1);
  await listRange(listingOf(server.fetchPage), { after: "03500", through: null }, () => undefined);
  expect(server.requests()).toBe(3);
});

function listingOf(fetchPage: BucketListing["fetchPage"]): BucketListing {
  return {
    slots: { acquire: () => Promise.resolve(() => undefined), wanted: () => 1 },
    fetchPage,
    mayRetry: (cause) => cause instanceof FlakyError,
    close: () => undefined,
  };
}
