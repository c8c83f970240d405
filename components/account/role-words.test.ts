import { expect, test } from "vitest";
import { EVERYWHERE } from "#lib/domain/access/scope.ts";
import { describeGrant, scopeParts } from "./role-words.ts";

test("a grant and a denial of the same role are told apart by their words", () => {
  expect(describeGrant({ effect: "allow", role: "unlocker" })).toMatch(/^You may see locks/);
  expect(describeGrant({ effect: "deny", role: "unlocker" })).toBe("You may not force-unlock or put locks back");
});

test.each([
  ["everywhere", {}, []],
  ["one account", { accounts: ["prod"] }, [{ preposition: "in account", patterns: ["prod"] }]],
  [
    "state paths of buckets",
    { buckets: ["net-*", "app"], statePaths: ["net-*/team/**"] },
    [
      { preposition: "in buckets", patterns: ["net-*", "app"] },
      { preposition: "at state path", patterns: ["net-*/team/**"] },
    ],
  ],
  ["a list without a pattern, which is nowhere", { accounts: [] }, [{ preposition: "in no account", patterns: [] }]],
])("a scope of %s is said without what names everything", (_name, over, parts) => {
  expect(scopeParts({ ...EVERYWHERE, ...over })).toEqual(parts);
});
