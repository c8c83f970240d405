import { expect, test } from "vitest";
import { type AccessRule, accessOfPerson, grantsOf } from "./grants.ts";
import { EVERYWHERE } from "./scope.ts";

const PERSON = {
  kind: "oidc",
  subject: "u-1",
  email: "riley@acme.com",
  groups: ["platform"],
  isAdmin: false,
  disabledAtMs: null,
} as const;

function rule(given: Partial<AccessRule>): AccessRule {
  return { effect: "allow", role: "unlocker", groups: [], people: [], scope: EVERYWHERE, ...given };
}

const rolesOf = (rules: readonly AccessRule[], person: Parameters<typeof grantsOf>[1]) =>
  grantsOf(rules, person).map(({ effect, role }) => `${effect} ${role}`);

test("whom no rule names gets nothing", () => {
  expect(grantsOf([rule({ groups: ["others"], people: ["u-2"] })], PERSON)).toEqual([]);
});

test("a group gives its role, and a denial comes along", () => {
  const rules = [rule({ groups: ["platform"] }), rule({ effect: "deny", role: "viewer", groups: ["platform"] })];
  expect(rolesOf(rules, PERSON)).toEqual(["allow unlocker", "deny viewer"]);
});

test.each([
  ["a provider's person by subject", PERSON, "u-1", true],
  ["a provider's person never by e-mail", PERSON, "riley@acme.com", false],
  ["a proxy's person by subject", { ...PERSON, kind: "proxy" }, "u-1", true],
  ["a password person by e-mail, in any case", { ...PERSON, kind: "password" }, "Riley@Acme.com", true],
  ["a password person never by the subject we made", { ...PERSON, kind: "password" }, "u-1", false],
] as const)("a rule for people names %s", (_name, person, name, isMeant) => {
  expect(rolesOf([rule({ people: [name] })], person)).toEqual(isMeant ? ["allow unlocker"] : []);
});

test("groups mean nothing for who signs in with a password", () => {
  expect(grantsOf([rule({ groups: ["platform"] })], { ...PERSON, kind: "password" })).toEqual([]);
});

test("an administrator may do everything, and a denial still holds", () => {
  const rules = [rule({ effect: "deny", people: ["u-1"] })];
  expect(rolesOf(rules, { ...PERSON, isAdmin: true })).toEqual(["allow admin", "deny unlocker"]);
});

test("who is disabled may do nothing, administrator or not", () => {
  expect(accessOfPerson([rule({ groups: ["platform"] })], { ...PERSON, isAdmin: true, disabledAtMs: 1 })).toBeNull();
});
