import { expect, test } from "vitest";
import type { KnownPerson } from "#lib/domain/access/known-person.ts";
import { EVERYWHERE } from "#lib/domain/access/scope.ts";
import type { PersonStore } from "#lib/services/ports/people.ts";
import type { GroupsRefresh } from "#lib/services/sign-in/refresh-groups.ts";
import { createAccessOf } from "./access-of.ts";

const HOUR_MS = 3_600_000;
const NOW_MS = 1_000 * HOUR_MS;
const RULES = [{ effect: "allow", role: "viewer", groups: ["platform"], people: [], scope: EVERYWHERE }] as const;
const IDENTITY = { issuer: "https://id.acme.com", subject: "u-1" };
const PERSON: KnownPerson = {
  ...IDENTITY,
  key: "k",
  kind: "oidc",
  name: "Riley",
  email: null,
  groups: ["platform"],
  groupsReadAtMs: NOW_MS,
  isAdmin: false,
  disabledAtMs: null,
  lastSignInAtMs: null,
  addedAtMs: 0,
};

async function rolesOf(given: Partial<KnownPerson> | null, refresh?: GroupsRefresh, isOurs = true) {
  const person = given === null ? null : { ...PERSON, ...given };
  const people: Pick<PersonStore, "find"> = { find: async () => person };
  const accessOf = createAccessOf({
    people: people as PersonStore,
    now: () => NOW_MS,
    config: { rules: RULES },
    isOurs: () => isOurs,
    refreshGroups: refresh === undefined ? null : async () => refresh,
  });
  return (await accessOf(IDENTITY))?.grants.map(({ role }) => role) ?? null;
}

test("somebody who is not here may do what their groups give, while these are known", async () => {
  expect(await rolesOf({})).toEqual(["viewer"]);
});

test("groups of a day ago still count where nobody can be asked, and no longer", async () => {
  expect(await rolesOf({ groupsReadAtMs: NOW_MS - 24 * HOUR_MS })).toEqual(["viewer"]);
  expect(await rolesOf({ groupsReadAtMs: NOW_MS - 24 * HOUR_MS - 1 })).toBeNull();
  expect(await rolesOf({ groupsReadAtMs: null })).toBeNull();
});

test("old groups are read anew where the provider lets us, and what it says counts", async () => {
  const old = { groupsReadAtMs: NOW_MS - 48 * HOUR_MS };
  expect(await rolesOf(old, { verdict: "fresh", person: { ...PERSON, groups: [] } })).toEqual([]);
  expect(await rolesOf(old, { verdict: "fresh", person: PERSON })).toEqual(["viewer"]);
  expect(await rolesOf(old, { verdict: "unavailable" })).toBeNull();
});

test("who is unknown, disabled, or of another mode may do nothing", async () => {
  expect(await rolesOf(null)).toBeNull();
  expect(await rolesOf({ disabledAtMs: 1 })).toBeNull();
  expect(await rolesOf({}, undefined, false)).toBeNull();
});
