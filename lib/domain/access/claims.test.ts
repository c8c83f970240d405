import { expect, test } from "vitest";
import { readEmail, readGroups, readName, readSubject } from "./claims.ts";

test.each([
  ["a list", { groups: ["a", "b"] }, ["a", "b"]],
  ["one text", { groups: "a" }, ["a"]],
  ["a text with commas, which is one name", { groups: "a,b" }, ["a,b"]],
  ["nothing", {}, []],
  ["null", { groups: null }, []],
  ["an empty list", { groups: [] }, []],
  ["an empty text", { groups: "" }, []],
  ["an empty name in a list", { groups: ["", "a"] }, ["a"]],
  ["a repetition", { groups: ["a", "a"] }, ["a"]],
  ["exactly 1,000", { groups: names(1000) }, names(1000)],
  ["a pointer to another claim", { groups: ["a"], _claim_names: { photos: "src1" } }, ["a"]],
])("reads groups from %s", (_, claims, groups) => {
  expect(readGroups(claims, "groups")).toEqual({ verdict: "read", groups });
});

test.each([
  ["5,000 of them", { groups: names(5000) }, /more than 1000 groups.*Make it send only/],
  ["1,001 that repeat", { groups: Array(1001).fill("a") }, /more than 1000 groups/],
  ["Entra's pointer", { _claim_names: { groups: "src1" } }, /pointer to the groups.*Make it send only/],
  ["Entra's pointer beside some", { groups: ["a"], _claim_names: { groups: "src1" } }, /pointer to the groups/],
  ["Entra's word that there are some", { hasgroups: true }, /pointer to the groups/],
  ["a number", { groups: 7 }, /neither a text nor a list/],
  ["an object", { groups: { a: true } }, /neither a text nor a list/],
  ["a list with a number", { groups: ["a", 7] }, /neither a text nor a list/],
  ["a list in a list", { groups: [["a"]] }, /neither a text nor a list/],
  ["a name with U+0000", { groups: ["a\u0000"] }, /Rename that group/],
  ["a name with half a character", { groups: ["\ud800"] }, /Rename that group/],
])("refuses groups that are %s, with words that say what to do", (_, claims, problem) => {
  expect(readGroups(claims, "groups")).toEqual({ verdict: "refused", problem: expect.stringMatching(problem) });
});

test("reads groups from the claim that it is told, and not from what every object has", () => {
  expect(readGroups({ groups: ["a"], "cognito:groups": ["b"] }, "cognito:groups")).toEqual({
    verdict: "read",
    groups: ["b"],
  });
  expect(readGroups({}, "constructor")).toEqual({ verdict: "read", groups: [] });
  expect(readGroups({ _claim_names: {} }, "toString")).toEqual({ verdict: "read", groups: [] });
});

test.each([
  ["plain", { email: "alice@example.com" }],
  ["in capitals", { email: "Alice@EXAMPLE.com" }],
  ["verified", { email: "alice@example.com", email_verified: true }],
  ["verified in Cognito's spelling", { email: "alice@example.com", email_verified: "true" }],
])("reads an e-mail address that is %s", (_, claims) => {
  expect(readEmail(claims)).toBe("alice@example.com");
});

test.each([
  ["not verified", { email: "alice@example.com", email_verified: false }],
  ["verified in another spelling", { email: "alice@example.com", email_verified: 1 }],
  ["verified by null", { email: "alice@example.com", email_verified: null }],
  ["absent", { email_verified: true }],
  ["a list", { email: ["alice@example.com"] }],
  ["without @", { email: "alice" }],
  ["with two @", { email: "alice@evil.example@example.com" }],
  ["with a fullwidth @ besides", { email: "alice＠evil.example@example.com" }],
  ["with only a fullwidth @", { email: "alice＠example.com" }],
  ["another mailbox until NFKC folds it", { email: "ａlice@example.com" }],
  ["another mailbox until lower case folds it", { email: "\u212aate@example.com" }],
  ["with a Cyrillic letter", { email: "аlice@example.com" }],
  ["with a space", { email: " alice@example.com" }],
  ["with a line break", { email: "alice@example.com\n" }],
  ["with a display name", { email: "Alice <alice@example.com>" }],
  ["without a domain", { email: "alice@" }],
  ["without a mailbox", { email: "@example.com" }],
  ["too long", { email: `${"a".repeat(254)}@example.com` }],
])("takes no e-mail address that is %s", (_, claims) => {
  expect(readEmail(claims)).toBeNull();
});

test.each([
  ["its name", { name: " Alice Liddell ", preferred_username: "alice" }, "Alice Liddell"],
  ["its user name where there is no name", { name: "", preferred_username: "alice" }, "alice"],
  ["nothing where there is neither", { name: 7 }, null],
  ["hidden characters as symbols", { name: "Alice\u202e\u0000" }, "Alice⟦U+202E⟧␀"],
  ["one line", { name: "Alice\nadmin" }, "Alice␊admin"],
  ["at most 200 characters", { name: "a".repeat(300) }, `${"a".repeat(199)}…`],
])("shows of a person %s", (_, claims, name) => {
  expect(readName(claims)).toBe(name);
});

test("keeps a subject exactly as it is written", () => {
  expect(readSubject({ sub: " Auth0|A " })).toBe(" Auth0|A ");
});

test.each([
  ["absent", {}],
  ["empty", { sub: "" }],
  ["blank", { sub: "  " }],
  ["a number", { sub: 7 }],
  ["longer than 255 characters", { sub: "a".repeat(256) }],
  ["not to be kept in a table", { sub: "a\u0000" }],
])("takes no subject that is %s", (_, claims) => {
  expect(readSubject(claims)).toBeNull();
});

function names(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `group-${index}`);
}
