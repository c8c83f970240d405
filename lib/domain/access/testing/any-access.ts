import fc from "fast-check";
import type { Access, Grant } from "#lib/domain/access/access.ts";
import { PERMISSIONS, ROLES } from "#lib/domain/access/role.ts";
import type { Place, Scope } from "#lib/domain/access/scope.ts";

/** Few names, so that scopes and places meet often. */
const ACCOUNTS = ["prod", "dev"];
const BUCKETS = ["net", "net-dev", "app"];
const KEYS = ["a", "a/b", "team/a.tfstate", ""];

const anyOf = (patterns: readonly string[]) => fc.uniqueArray(fc.constantFrom(...patterns), { maxLength: 3 });

export const anyPlace: fc.Arbitrary<Place> = fc.oneof(
  fc.record({ account: fc.constantFrom(...ACCOUNTS), bucket: fc.constant(null), stateKey: fc.constant(null) }),
  fc.record({
    account: fc.constantFrom(...ACCOUNTS),
    bucket: fc.constantFrom(...BUCKETS),
    stateKey: fc.constant(null),
  }),
  fc.record({
    account: fc.constantFrom(...ACCOUNTS),
    bucket: fc.constantFrom(...BUCKETS),
    stateKey: fc.constantFrom(...KEYS),
  }),
);

export const anyScope: fc.Arbitrary<Scope> = fc.record({
  accounts: anyOf(["**", "*", "prod", "dev", "pr*"]),
  buckets: anyOf(["**", "*", "net", "net*", "app", "none"]),
  statePaths: anyOf(["**", "*/**", "net/*", "net/a", "net/**", "*/team/*.tfstate", "app/a/b"]),
});

export const anyRole = fc.constantFrom(...ROLES);
export const anyPermission = fc.constantFrom(...PERMISSIONS);

export const anyGrant: fc.Arbitrary<Grant> = fc.record({
  effect: fc.constantFrom("allow", "allow", "deny"),
  role: anyRole,
  scope: anyScope,
});

export const anyLimit = fc.record({ roles: fc.uniqueArray(anyRole, { maxLength: 3 }), scope: anyScope });

export const anyAccess: fc.Arbitrary<Access> = fc.record({
  grants: fc.array(anyGrant, { maxLength: 5 }),
  limit: fc.option(anyLimit, { nil: null, freq: 2 }),
});
