import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeBase64, encodeBase64 } from "./base64.ts";

test("any bytes come back from their base64 exactly", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 20_000, size: "max" }), (bytes) => {
      expect(decodeBase64(encodeBase64(bytes))).toEqual(bytes);
    }),
    { numRuns: 200 },
  );
});

test.each([
  ["spare bits that are not zero", "Zh=="],
  ["no padding", "Zg"],
  ["too much padding", "Zg==="],
  ["padding in the middle", "Zg==Zg=="],
  ["a space", "Zg= ="],
  ["a line feed at the end", "Zg==\n"],
  ["the alphabet for addresses", "-_8="],
])("refuses %s", (_what, text) => {
  expect(decodeBase64(text)).toBeNull();
});
