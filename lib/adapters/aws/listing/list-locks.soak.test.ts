import fc from "fast-check";
import { expect, test } from "vitest";
import { checkListing, listingCase } from "./testing/listing-property.ts";

test("20,000 buckets, each listed cold, from any boundaries and from remembered ones, lose and repeat no lock", async () => {
  await fc.assert(fc.asyncProperty(listingCase, checkListing), { numRuns: 20_000 });
  expect.hasAssertions();
});
