/** What somebody may do. Each is asked for by the service that does it, at the place where it would be done. */
export const PERMISSIONS = [
  "locks.view",
  "locks.raw",
  "scans.start",
  "unlocks.view",
  "unlocks.force",
  "unlocks.break_glass",
  "unlocks.approve",
  "restores.put",
  "reviews.write",
  "audit.read",
  "people.manage",
  "tokens.make",
] as const;
export type Permission = (typeof PERMISSIONS)[number];

export const ROLES = ["viewer", "unlocker", "approver", "auditor", "admin"] as const;
export type Role = (typeof ROLES)[number];

const VIEWER: readonly Permission[] = ["locks.view", "unlocks.view", "scans.start", "tokens.make"];
/** What makes a role this role: a denial of it takes these away and nothing else. */
const OWN: Readonly<Record<Role, readonly Permission[]>> = {
  viewer: PERMISSIONS,
  unlocker: ["unlocks.force", "unlocks.break_glass", "restores.put"],
  approver: ["unlocks.approve"],
  auditor: ["audit.read", "reviews.write"],
  admin: ["people.manage"],
};

const GIVEN: Readonly<Record<Role, ReadonlySet<Permission>>> = {
  viewer: new Set(VIEWER),
  unlocker: new Set([...VIEWER, "locks.raw", ...OWN.unlocker]),
  approver: new Set([...VIEWER, "locks.raw", ...OWN.approver]),
  auditor: new Set([...VIEWER, "locks.raw", ...OWN.auditor]),
  admin: new Set(PERMISSIONS),
};

/** Whether a role gives a permission. */
export function gives(role: Role, permission: Permission): boolean {
  return GIVEN[role].has(permission);
}

/** Whether the denial of a role takes a permission away: of a viewer everything, since who may not see may not act. */
export function takesAway(role: Role, permission: Permission): boolean {
  return OWN[role].includes(permission);
}

/** What no token may do, whoever made it: a script has no second pair of eyes, and must not make itself live longer. */
const NEVER_BY_TOKEN: ReadonlySet<Permission> = new Set([
  "unlocks.approve",
  "unlocks.break_glass",
  "reviews.write",
  "people.manage",
  "tokens.make",
]);

export function isForPeopleOnly(permission: Permission): boolean {
  return NEVER_BY_TOKEN.has(permission);
}
