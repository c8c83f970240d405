import type { Grant } from "./access.ts";
import type { KnownPerson } from "./known-person.ts";

export type SessionView = {
  readonly id: string;
  readonly startedAtMs: number;
  readonly lastUsedAtMs: number;
  readonly ipAddress: string | null;
  readonly userAgent: string | null;
};

/** Somebody, as the page of people shows them. */
export type PersonView = Pick<
  KnownPerson,
  "key" | "kind" | "name" | "email" | "subject" | "groups" | "isAdmin" | "disabledAtMs" | "lastSignInAtMs"
> & {
  readonly grants: readonly Grant[];
  readonly hasPassword: boolean;
  readonly isSelf: boolean;
  readonly sessions: readonly SessionView[];
};

export const PERSON_CHANGES = ["disable", "enable", "make_admin", "end_admin", "end_sessions", "new_link"] as const;
export type PersonChange = (typeof PERSON_CHANGES)[number];

/** The roles that somebody has somewhere, and those taken away, each once and in words. */
export function describeRoles(grants: readonly Grant[]): readonly string[] {
  const words = grants.map(({ effect, role, scope }) => {
    const isAll = [scope.accounts, scope.buckets, scope.statePaths].every((patterns) => patterns.includes("**"));
    const where = isAll
      ? "everywhere"
      : [...scope.accounts, ...scope.buckets, ...scope.statePaths].filter(isNarrow).join(", ");
    return effect === "allow"
      ? `${role} ${isAll ? where : `in ${where}`}`
      : `not ${role} ${isAll ? where : `in ${where}`}`;
  });
  return [...new Set(words)];
}

function isNarrow(pattern: string): boolean {
  return pattern !== "**";
}
