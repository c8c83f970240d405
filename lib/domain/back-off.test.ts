import fc from "fast-check";
import { expect, test } from "vitest";
import { backOffMs } from "./back-off.ts";

test("doubles from one second to five minutes", () => {
  expect([1, 2, 3, 9, 10, 1000].map((failures) => backOffMs(failures, 0))).toEqual([
    1_000, 2_000, 4_000, 256_000, 300_000, 300_000,
  ]);
});

test("is spread over half its length, so that many do not come back at once", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10_000 }), fc.double({ min: 0, max: 1, noNaN: true }), (failures, share) => {
      const waitMs = backOffMs(failures, share);
      expect(waitMs).toBeLessThanOrEqual(backOffMs(failures, 0));
      expect(waitMs).toBeGreaterThanOrEqual(backOffMs(failures, 0) / 2 - 1);
    }),
  );
});
