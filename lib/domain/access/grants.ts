import type { Access, Grant } from "./access.ts";
import type { KnownPerson } from "./known-person.ts";
import type { Role } from "./role.ts";
import { EVERYWHERE, type Scope } from "./scope.ts";

/** A role, or the denial of one, and to whom it goes. */
export type AccessRule = {
  readonly effect: "allow" | "deny";
  readonly role: Role;
  readonly groups: readonly string[];
  readonly people: readonly string[];
  readonly scope: Scope;
};

type Subject = Pick<KnownPerson, "kind" | "subject" | "email" | "groups" | "isAdmin" | "disabledAtMs">;

/**
 * What the rules give to somebody; nothing where none names them. Rules name people who sign in with a password by e-mail, which
 * only we hand out, and all others by the subject that their provider gives them, since an address can change hands.
 */
export function grantsOf(rules: readonly AccessRule[], person: Subject): readonly Grant[] {
  if (person.disabledAtMs !== null) return [];
  const given = rules
    .filter((rule) => isAbout(rule, person))
    .map(({ effect, role, scope }) => ({ effect, role, scope }));
  return person.isAdmin ? [{ effect: "allow", role: "admin", scope: EVERYWHERE }, ...given] : given;
}

/** What somebody may do; null for who is disabled. */
export function accessOfPerson(rules: readonly AccessRule[], person: Subject): Access | null {
  return person.disabledAtMs === null ? { grants: grantsOf(rules, person), limit: null } : null;
}

function isAbout({ groups, people }: AccessRule, person: Subject): boolean {
  if (person.kind === "password") {
    return person.email !== null && people.some((name) => name.toLowerCase() === person.email);
  }
  return people.includes(person.subject) || groups.some((group) => person.groups.includes(group));
}
