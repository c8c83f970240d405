import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import fc from "fast-check";
import { expect, test } from "vitest";
import { formatAttribute, formatItem, parseAttribute } from "./attribute-value.ts";

const { attribute } = fc.letrec<{ attribute: AttributeValue }>((tie) => ({
  attribute: fc.oneof(
    { maxDepth: 4 },
    fc.string({ unit: "binary" }).map((S) => ({ S })),
    fc.bigInt().map((N) => ({ N: String(N) })),
    fc.uint8Array().map((B) => ({ B })),
    fc.boolean().map((BOOL) => ({ BOOL })),
    fc.constant({ NULL: true }),
    fc.uniqueArray(fc.string(), { minLength: 1 }).map((SS) => ({ SS: SS.toSorted() })),
    fc.array(tie("attribute")).map((L) => ({ L })),
    fc.dictionary(fc.string(), tie("attribute")).map((M) => ({ M: { ...M } })),
  ),
}));

test("every attribute survives being written and read", () => {
  fc.assert(
    fc.property(attribute, (value) => {
      expect(parseAttribute(formatAttribute(value))).toEqual(value);
    }),
  );
});

test("an item is the same text whatever order AWS gives its names and sets in", () => {
  const one = { b: { SS: ["y", "x"] }, a: { M: { q: { S: "1" }, p: { BS: [Uint8Array.of(2), Uint8Array.of(1)] } } } };
  const other = { a: { M: { p: { BS: [Uint8Array.of(1), Uint8Array.of(2)] }, q: { S: "1" } } }, b: { SS: ["x", "y"] } };

  expect(formatItem(one)).toBe(formatItem(other));
  expect(formatItem(one)).toBe('{"a":{"M":{"p":{"BS":["AQ==","Ag=="]},"q":{"S":"1"}}},"b":{"SS":["x","y"]}}');
});

test.each(["", "{", "null", "[]", '"S"', "{}", '{"S":1}', '{"X":"a"}', '{"SS":[1]}', '{"M":{"a":1}}'])(
  "%j is no attribute",
  (json) => {
    expect(parseAttribute(json)).toBeNull();
  },
);
