import { gives, isForPeopleOnly, type Permission, type Role, takesAway } from "./role.ts";
import { EVERYWHERE, isEverywhere, type Place, relateToScope, type Scope } from "./scope.ts";

/** One rule that applies to somebody. A denial wins over every grant. */
export type Grant = { readonly effect: "allow" | "deny"; readonly role: Role; readonly scope: Scope };

/** All that decides what somebody may do. Nothing is allowed that no grant allows. */
export type Access = {
  readonly grants: readonly Grant[];
  /** What a token narrows its maker's access to; null for a person. */
  readonly limit: { readonly roles: readonly Role[]; readonly scope: Scope } | null;
};

export const NO_ACCESS: Access = { grants: [], limit: null };
/** Of the person at this machine in local mode, and of the product's own work. */
export const FULL_ACCESS: Access = { grants: [{ effect: "allow", role: "admin", scope: EVERYWHERE }], limit: null };

/**
 * Whether somebody may do something at a place. A place without a bucket or key is about a whole account or source: there a
 * grant for a part of it is enough to allow, and a denial of a part is not enough to deny.
 */
export function may(access: Access, permission: Permission, place: Place): boolean {
  const { grants, limit } = access;
  if (limit !== null && !withinLimit(limit, permission, place)) return false;
  const isDenied = grants.some(
    ({ effect, role, scope }) =>
      effect === "deny" && takesAway(role, permission) && relateToScope(scope, place) === "inside",
  );
  return (
    !isDenied && grants.some((grant) => allows(grant, permission) && relateToScope(grant.scope, place) !== "outside")
  );
}

/** Whether somebody may do something at every place there is: what is about the whole installation asks for this. */
export function mayEverywhere({ grants, limit }: Access, permission: Permission): boolean {
  if (limit !== null && !(limitGives(limit, permission) && isEverywhere(limit.scope))) return false;
  if (grants.some(({ effect, role }) => effect === "deny" && takesAway(role, permission))) return false;
  return grants.some((grant) => allows(grant, permission) && isEverywhere(grant.scope));
}

/** Whether there can be a place at which somebody may do something: for what is shown, never for what is done. */
export function mayAnywhere({ grants, limit }: Access, permission: Permission): boolean {
  if (limit !== null && !limitGives(limit, permission)) return false;
  const isDenied = grants.some(
    ({ effect, role, scope }) => effect === "deny" && takesAway(role, permission) && isEverywhere(scope),
  );
  return !isDenied && grants.some((grant) => allows(grant, permission));
}

/** A text that is the same only for accesses that see the same. */
export function viewKey(access: Access): string {
  return mayEverywhere(access, "locks.view") ? "everything" : JSON.stringify([access.grants, access.limit]);
}

function allows({ effect, role }: Grant, permission: Permission): boolean {
  return effect === "allow" && gives(role, permission);
}

type Limit = NonNullable<Access["limit"]>;

function limitGives({ roles }: Limit, permission: Permission): boolean {
  return !isForPeopleOnly(permission) && roles.some((role) => gives(role, permission));
}

function withinLimit(limit: Limit, permission: Permission, place: Place): boolean {
  return limitGives(limit, permission) && relateToScope(limit.scope, place) !== "outside";
}
