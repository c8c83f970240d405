import fc from "fast-check";
import { expect, test } from "vitest";
import { type Access, type Grant, may, mayAnywhere, mayEverywhere, NO_ACCESS } from "./access.ts";
import { isForPeopleOnly, type Permission, takesAway } from "./role.ts";
import { EVERYWHERE, type Place, relateToScope, type Scope } from "./scope.ts";
import { anyAccess, anyGrant, anyLimit, anyPermission, anyPlace, anyRole, anyScope } from "./testing/any-access.ts";
import { tokenAccess } from "./token.ts";

const RUNS = { numRuns: 3_000 };

/** Every question of permission, so that what is said of one is said of all. */
function answers(access: Access, permission: Permission, place: Place) {
  return [may(access, permission, place), mayEverywhere(access, permission), mayAnywhere(access, permission)];
}

/** Holds where the first may do nothing that the second may not. */
function expectNoMore(less: Access, more: Access, permission: Permission, place: Place): void {
  const allowed = answers(more, permission, place);
  for (const [index, isAllowed] of answers(less, permission, place).entries()) {
    expect(isAllowed && !allowed[index]).toBe(false);
  }
}

test("nobody may do anything unless a grant says so", () => {
  fc.assert(
    fc.property(anyLimit, anyPermission, anyPlace, (limit, permission, place) => {
      expect(answers(NO_ACCESS, permission, place)).toEqual([false, false, false]);
      expect(answers({ grants: [], limit }, permission, place)).toEqual([false, false, false]);
    }),
  );
});

test("a denial wins over every grant, in any order", () => {
  fc.assert(
    fc.property(anyAccess, anyGrant, anyPermission, anyPlace, fc.nat(), (access, grant, permission, place, at) => {
      const denial: Grant = { ...grant, effect: "deny" };
      const index = at % (access.grants.length + 1);
      const denied = { ...access, grants: access.grants.toSpliced(index, 0, denial) };
      if (!takesAway(denial.role, permission)) return;
      expect(mayEverywhere(denied, permission)).toBe(false);
      if (relateToScope(denial.scope, place) === "inside") expect(may(denied, permission, place)).toBe(false);
    }),
    RUNS,
  );
});

test("one more denial, or one grant less, never lets anybody do more", () => {
  fc.assert(
    fc.property(anyAccess, anyGrant, anyPermission, anyPlace, fc.nat(), (access, grant, permission, place, at) => {
      const denied = { ...access, grants: [...access.grants, { ...grant, effect: "deny" } as const] };
      expectNoMore(denied, access, permission, place);
      const allowed = { ...access, grants: access.grants.toSpliced(at % 6, 0, { ...grant, effect: "allow" }) };
      expectNoMore(access, allowed, permission, place);
    }),
    RUNS,
  );
});

test("a narrower scope of a grant, or of a limit, never lets anybody do more", () => {
  fc.assert(
    fc.property(anyAccess, anyGrant, anyScope, anyPermission, anyPlace, (access, grant, more, permission, place) => {
      const wider = { ...grant, effect: "allow", scope: join(grant.scope, more) } as const;
      const narrow = { ...access, grants: [...access.grants, { ...grant, effect: "allow" } as const] };
      expectNoMore(narrow, { ...access, grants: [...access.grants, wider] }, permission, place);
      if (access.limit === null) return;
      const limit = { ...access.limit, scope: join(access.limit.scope, more) };
      expectNoMore(access, { ...access, limit }, permission, place);
    }),
    RUNS,
  );
});

test("what somebody may do everywhere they may do at each place, and what at one place somewhere", () => {
  fc.assert(
    fc.property(anyAccess, anyPermission, anyPlace, (access, permission, place) => {
      const [isHere, isEverywhere, isAnywhere] = answers(access, permission, place);
      expect(isEverywhere && !isHere).toBe(false);
      expect(isHere && !isAnywhere).toBe(false);
    }),
    RUNS,
  );
});

test("a token may do nothing that its owner may not, nothing beyond its limit, and nothing that is for people", () => {
  const anyOwner = anyAccess.map((access) => ({ ...access, limit: null }));
  const anyTokenLimit = fc.record({
    roles: fc.uniqueArray(fc.constantFrom("viewer", "unlocker", "auditor"), { maxLength: 3 }),
    scope: anyScope,
  });
  let allowed = 0;
  fc.assert(
    fc.property(anyOwner, anyTokenLimit, anyPermission, anyPlace, (owner, limit, permission, place) => {
      const token = tokenAccess(owner, limit);
      expectNoMore(token, owner, permission, place);
      const grants = limit.roles.map((role) => ({ effect: "allow", role, scope: limit.scope }) as const);
      expectNoMore(token, { grants, limit: null }, permission, place);
      if (isForPeopleOnly(permission)) expect(answers(token, permission, place)).toEqual([false, false, false]);
      if (may(token, permission, place)) allowed += 1;
    }),
    RUNS,
  );
  expect(allowed).toBeGreaterThan(20);
});

test("a limit of everything takes nothing away but what is for people", () => {
  fc.assert(
    fc.property(anyAccess, anyPermission, anyPlace, ({ grants }, permission, place) => {
      const person = { grants, limit: null };
      const unlimited = { grants, limit: { roles: ["admin"], scope: EVERYWHERE } } as const;
      const expected = isForPeopleOnly(permission) ? [false, false, false] : answers(person, permission, place);
      expect(answers(unlimited, permission, place)).toEqual(expected);
    }),
    RUNS,
  );
});

test("a denied viewer may do nothing at all, there", () => {
  fc.assert(
    fc.property(anyRole, anyPermission, (role, permission) => {
      const grants = [
        { effect: "allow", role, scope: EVERYWHERE },
        { effect: "deny", role: "viewer", scope: EVERYWHERE },
      ] as const;
      const place = { account: "prod", bucket: "net", stateKey: "a" };
      expect(answers({ grants, limit: null }, permission, place)).toEqual([false, false, false]);
    }),
  );
});

function join(one: Scope, other: Scope): Scope {
  return {
    accounts: [...one.accounts, ...other.accounts],
    buckets: [...one.buckets, ...other.buckets],
    statePaths: [...one.statePaths, ...other.statePaths],
  };
}
