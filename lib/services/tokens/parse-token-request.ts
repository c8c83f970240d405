import { EVERYWHERE, type Scope } from "#lib/domain/access/scope.ts";
import {
  TOKEN_DAYS_MAX,
  TOKEN_NAME_LENGTH_MAX,
  TOKEN_PATTERNS_MAX,
  TOKEN_ROLES,
  type TokenRole,
} from "#lib/domain/access/token.ts";
import { AppError } from "#lib/services/errors.ts";

export type TokenRequest = {
  readonly name: string;
  readonly expiresInDays: number;
  readonly roles: readonly string[];
  /** Without one, all. */
  readonly accounts?: readonly string[] | undefined;
  readonly buckets?: readonly string[] | undefined;
  readonly statePaths?: readonly string[] | undefined;
};

export type ParsedTokenRequest = {
  readonly name: string;
  readonly days: number;
  readonly limit: { readonly roles: readonly TokenRole[]; readonly scope: Scope };
};

/** What a token is asked to be; throws `invalid` saying what is wrong with it. */
export function parseTokenRequest(input: TokenRequest): ParsedTokenRequest {
  const name = input.name.normalize("NFC").trim();
  if (name === "" || name.length > TOKEN_NAME_LENGTH_MAX || /\p{C}/u.test(name))
    throw invalid("The token needs a name.", `Write 1 to ${TOKEN_NAME_LENGTH_MAX} visible characters: what it is for.`);
  const days = input.expiresInDays;
  if (!Number.isInteger(days) || days < 1 || days > TOKEN_DAYS_MAX)
    throw invalid("The token must expire.", `Write expiresInDays as a whole number from 1 to ${TOKEN_DAYS_MAX}.`);
  const { accounts, buckets, statePaths } = input;
  const scope = {
    accounts: parsePatterns("accounts", accounts),
    buckets: parsePatterns("buckets", buckets),
    statePaths: parsePatterns("statePaths", statePaths),
  };
  return { name, days, limit: { roles: parseRoles(input.roles), scope } };
}

function parseRoles(given: readonly string[]): readonly TokenRole[] {
  const roles = TOKEN_ROLES.filter((role) => given.includes(role));
  if (roles.length === 0 || roles.length !== new Set(given).size)
    throw invalid("These are not roles of a token.", `Write one or more of ${TOKEN_ROLES.join(", ")}.`);
  return roles;
}

function parsePatterns(name: keyof Scope, given: readonly string[] | undefined): readonly string[] {
  if (given === undefined) return EVERYWHERE[name];
  const isFine = given.length > 0 && given.length <= TOKEN_PATTERNS_MAX && given.every(isPattern);
  if (isFine) return [...new Set(given)];
  throw invalid(
    `${name} has no patterns, or one that is none.`,
    `Write 1 to ${TOKEN_PATTERNS_MAX} patterns: * stops at a slash, ** does not; *** means nothing.`,
  );
}

function isPattern(text: string): boolean {
  return text !== "" && text.length <= 1_500 && !text.includes("***");
}

function invalid(message: string, hint: string): AppError {
  return new AppError(message, { code: "invalid", hint: `Nothing was made. ${hint}` });
}
