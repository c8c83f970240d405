import fc from "fast-check";
import { expect, test } from "vitest";
import { isSameInConstantTime } from "./constant-time.ts";

test("two texts are the same exactly where they are equal", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "b", "\u0000", "\ud800", "é"), maxLength: 4 });
  fc.assert(fc.property(text, text, (one, other) => isSameInConstantTime(one, other) === (one === other)));
  fc.assert(fc.property(text, (one) => isSameInConstantTime(one, one)));
  expect(isSameInConstantTime("a", "a\u0000")).toBe(false);
});

test.each([0, 31, 63])("every character is looked at, whichever differs first (here number %i)", (differing) => {
  const hash = "a".repeat(64);
  let looks = 0;
  const counted = (text: string) =>
    new Proxy(Object(text), {
      get(target, name) {
        looks += name === "charCodeAt" ? 1 : 0;
        const value: unknown = Reflect.get(target, name);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
  const other = `${hash.slice(0, differing)}b${hash.slice(differing + 1)}`;

  expect(isSameInConstantTime(counted(hash), counted(other))).toBe(false);
  expect(looks).toBe(128);
});
