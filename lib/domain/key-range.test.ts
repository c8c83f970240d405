import fc from "fast-check";
import { expect, test } from "vitest";
import { isInRange } from "./key-range.ts";
import { compareUtf8 } from "./utf8-order.ts";

/** Characters around the places where the order of UTF-16 units and of UTF-8 bytes differ. */
const key = fc.string({
  unit: fc.constantFrom("a", "/", "é", "\ud7ff", "\ue000", "\uffff", "\u{10000}", "\u{10ffff}"),
});

test("keys are in the order of their UTF-8 bytes", () => {
  const encoder = new TextEncoder();
  const compareBytes = (a: Uint8Array, b: Uint8Array) => {
    const at = a.findIndex((byte, index) => byte !== b[index]);
    return at === -1 ? a.length - b.length : (a[at] ?? 0) - (b[at] ?? -1);
  };
  fc.assert(
    fc.property(key, key, (a, b) => {
      expect(Math.sign(compareUtf8(a, b))).toBe(Math.sign(compareBytes(encoder.encode(a), encoder.encode(b))));
    }),
    { numRuns: 1_000 },
  );
});

test("a range begins behind its first cut and ends with its last", () => {
  const isIn = (name: string) => isInRange(name, { after: "b", through: "\ue000" });
  expect(["b", "b\u0000", "c", "\ue000", "\ue000a", "\u{10000}"].map(isIn)).toEqual([
    false,
    true,
    true,
    true,
    false,
    false,
  ]);
  expect(isInRange("\u{10ffff}", { after: "\uffff", through: null })).toBe(true);
});
