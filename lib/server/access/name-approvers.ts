import { gives, takesAway } from "#lib/domain/access/role.ts";
import { type Place, relateToScope } from "#lib/domain/access/scope.ts";
import type { RoleRule } from "#lib/server/config/access-config.ts";

/** Groups and people that the configuration lets approve at every one of these places, by name; whom it denies is left out. */
export function nameApprovers(rules: readonly RoleRule[], places: readonly Place[]): readonly string[] {
  if (places.length === 0) return [];
  const everywhere = places.map((place) => new Set(rules.flatMap((rule) => namesAllowed(rule, place))));
  const denied = new Set(rules.flatMap((rule) => (places.some((place) => isDenied(rule, place)) ? namesOf(rule) : [])));
  return [...new Set(everywhere.flatMap((names) => [...names]))]
    .filter((name) => everywhere.every((names) => names.has(name)) && !denied.has(name))
    .toSorted();
}

function namesAllowed(rule: RoleRule, place: Place): readonly string[] {
  const isAllowed = rule.effect === "allow" && gives(rule.role, "unlocks.approve");
  return isAllowed && relateToScope(rule.scope, place) === "inside" ? namesOf(rule) : [];
}

function isDenied({ effect, role, scope }: RoleRule, place: Place): boolean {
  return effect === "deny" && takesAway(role, "unlocks.approve") && relateToScope(scope, place) === "inside";
}

function namesOf({ groups, people }: RoleRule): readonly string[] {
  return [...groups, ...people];
}
