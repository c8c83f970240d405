import { TOKEN_NAME_LENGTH_MAX, type TokenRole } from "#lib/domain/access/token.ts";

/** What a person has filled in so far; the lists of patterns as they were typed. */
export type TokenDraft = {
  readonly name: string;
  readonly expiresInDays: number;
  readonly roles: readonly TokenRole[];
  readonly accounts: string;
  readonly buckets: string;
  readonly statePaths: string;
};

export const TOKEN_LIFETIMES = [7, 30, 90] as const;

export const EMPTY_DRAFT: TokenDraft = {
  name: "",
  expiresInDays: 30,
  roles: ["viewer"],
  accounts: "",
  buckets: "",
  statePaths: "",
};

/** The first thing that is missing; null when it can be sent. The server has the last word. */
export function findProblem({
  name,
  roles,
}: TokenDraft): { readonly field: "name" | "roles"; readonly text: string } | null {
  const length = name.trim().length;
  if (length === 0) return { field: "name", text: "Say what it is for." };
  if (length > TOKEN_NAME_LENGTH_MAX)
    return { field: "name", text: `Write at most ${TOKEN_NAME_LENGTH_MAX} characters.` };
  if (roles.length === 0) return { field: "roles", text: "Choose at least one role." };
  return null;
}

/** The body that makes it: an empty list is left out, which means all. */
export function toBody({ name, expiresInDays, roles, ...lists }: TokenDraft): Readonly<Record<string, unknown>> {
  const scope = Object.entries(lists)
    .map(([field, text]) => [field, splitPatterns(text)] as const)
    .filter(([, patterns]) => patterns.length > 0);
  return { name: name.trim(), expiresInDays, roles, ...Object.fromEntries(scope) };
}

/** One pattern a line: a key may have anything else in it. */
function splitPatterns(text: string): readonly string[] {
  const patterns = text.split("\n").map((line) => line.trim());
  return [...new Set(patterns.filter((pattern) => pattern !== ""))];
}
