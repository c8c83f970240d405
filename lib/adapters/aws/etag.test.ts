import { expect, test } from "vitest";
import { quoteEtag } from "./etag.ts";

test.each([
  ["0f14ec0e", '"0f14ec0e"'],
  ['"0f14ec0e"', '"0f14ec0e"'],
  ['W/"0f14ec0e"', 'W/"0f14ec0e"'],
  ["0f14ec0e-2", '"0f14ec0e-2"'],
  ["", '""'],
])("compares the ETag %s as %s", (received, quoted) => {
  expect(quoteEtag(received)).toBe(quoted);
  expect(quoteEtag(quoteEtag(received))).toBe(quoted);
});
