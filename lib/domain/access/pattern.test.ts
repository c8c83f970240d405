import fc from "fast-check";
import { afterEach, expect, test, vi } from "vitest";
import { matchesPattern } from "./pattern.ts";

afterEach(() => vi.unstubAllGlobals());

/** What a pattern means, as plainly as it can be said. */
function matchesPlainly(pattern: string, text: string): boolean {
  const stars = /^\*+/.exec(pattern)?.[0] ?? "";
  if (pattern === "") return text === "";
  if (stars === "") return text !== "" && pattern[0] === text[0] && matchesPlainly(pattern.slice(1), text.slice(1));
  const rest = pattern.slice(stars.length);
  for (let length = 0; length <= text.length; length += 1) {
    if (stars === "*" && text.slice(0, length).includes("/")) return false;
    if (matchesPlainly(rest, text.slice(length))) return true;
  }
  return false;
}

test.each([
  ["payments-*", "payments-prod", true],
  ["payments-*", "payments-prod/eu", false],
  ["payments-**", "payments-prod/eu", true],
  ["payments", "payments-prod", false],
  ["acme-*/network/**", "acme-tfstate/network/a/b.tfstate", true],
  ["acme-*/network/**", "acme-tfstate/other/network/a", false],
  ["*", "", true],
  ["**", "\u0000\n/", true],
  ["*.tfstate", "a\nb.tfstate", true],
  ["a*", "*", false],
  ["[ab]?", "a", false],
  ["", "a", false],
])("%j on %j: %s", (pattern, text, expected) => {
  expect(matchesPattern(pattern, text)).toBe(expected);
  expect(matchesPlainly(pattern, text)).toBe(expected);
});

test("a pattern matches what it plainly says", () => {
  const pattern = fc.array(fc.constantFrom("a", "b", "/", "*", "**", "\n", "\ud800"), { maxLength: 7 });
  const text = fc.array(fc.constantFrom("a", "b", "/", "*", "\n", "\ud800"), { maxLength: 8 });
  fc.assert(
    fc.property(pattern, text, (parts, characters) => {
      const [one, other] = [parts.join(""), characters.join("")];
      expect(matchesPattern(one, other)).toBe(matchesPlainly(one, other));
    }),
    { numRuns: 5_000 },
  );
});

test("any text matches itself where it has no star, whatever stands in it", () => {
  const text = fc.string({ unit: fc.nat(0xffff).map((code) => String.fromCharCode(code)) });
  fc.assert(
    fc.property(text, (given) => {
      const plain = given.replaceAll("*", "");
      expect(matchesPattern(plain, plain)).toBe(true);
      expect(matchesPattern(`**${plain}`, plain)).toBe(true);
    }),
  );
});

test.each([
  ["stars between the same letters", "*a".repeat(100), `${"a".repeat(1_000)}b`],
  ["double stars between the same letters", "**a".repeat(100), `${"a".repeat(1_000)}b`],
  ["stars and slashes", "*/".repeat(200), "a/".repeat(500)],
  ["nothing but stars", "*".repeat(1_500), "a".repeat(1_000)],
  ["a deep path", "**/x/**/".repeat(50), "x/".repeat(500)],
])("%s cost no more looks than the product of both lengths", (_name, pattern, text) => {
  const looks = countLooks();
  matchesPattern(pattern, text);

  const product = (pattern.length + 1) * (text.length + 1);
  expect(looks.count).toBeGreaterThan(0);
  expect(looks.count).toBeLessThanOrEqual(3 * product);
});

/** Counts what is read of the tables that the matcher keeps, which is what its time goes with. */
function countLooks(): { count: number } {
  const looks = { count: 0 };
  const count: ProxyHandler<Int8Array> = {
    get(target, name) {
      looks.count += 1;
      const value: unknown = Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  };
  const counted = new Proxy(Int8Array, {
    construct: (Bytes, [length]: [number]) => new Proxy(new Bytes(length), count),
  });
  vi.stubGlobal("Uint8Array", counted);
  return looks;
}
