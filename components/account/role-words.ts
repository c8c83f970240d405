import type { Grant } from "#lib/domain/access/access.ts";
import type { Role } from "#lib/domain/access/role.ts";
import type { Scope } from "#lib/domain/access/scope.ts";

/** What somebody with a role may do, as the rest of a sentence that begins with "may". */
const ROLE_WORDS: Readonly<Record<Role, string>> = {
  viewer: "see locks and records of unlocks, and scan",
  unlocker: "see locks with their raw text, force-unlock them and put them back",
  approver: "see locks with their raw text, and approve unlocks of others",
  auditor: "see locks with their raw text, read the audit trail and review broken glass",
  admin: "do everything, and manage people",
};

/** What the denial of a role takes away. */
const DENIED_WORDS: Readonly<Record<Role, string>> = {
  viewer: "do anything",
  unlocker: "force-unlock or put locks back",
  approver: "approve unlocks",
  auditor: "read the audit trail or review broken glass",
  admin: "manage people",
};

/** What a token with a role may do: what is for people is never among it. */
export const TOKEN_ROLE_WORDS = {
  viewer: "see locks and records of unlocks, and scan",
  unlocker: "the same with raw text, force-unlock and put back",
  auditor: "see locks with raw text, and read the audit trail",
} as const;

export function describeGrant({ effect, role }: Pick<Grant, "effect" | "role">): string {
  return effect === "allow" ? `You may ${ROLE_WORDS[role]}` : `You may not ${DENIED_WORDS[role]}`;
}

export type ScopePart = { readonly preposition: string; readonly patterns: readonly string[] };

/** A scope without the lists that name everything; none of them left means everywhere. */
export function scopeParts({ accounts, buckets, statePaths }: Scope): readonly ScopePart[] {
  return [
    { preposition: "in", noun: "account", patterns: accounts },
    { preposition: "in", noun: "bucket", patterns: buckets },
    { preposition: "at", noun: "state path", patterns: statePaths },
  ]
    .filter(({ patterns }) => !patterns.includes("**"))
    .map(({ preposition, noun, patterns }) => ({
      preposition: `${preposition} ${patterns.length === 0 ? `no ${noun}` : patterns.length === 1 ? noun : `${noun}s`}`,
      patterns,
    }));
}
