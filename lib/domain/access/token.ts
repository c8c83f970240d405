import type { Identity } from "#lib/domain/actor.ts";
import { type Access, mayAnywhere, NO_ACCESS } from "./access.ts";
import { gives, isForPeopleOnly, PERMISSIONS } from "./role.ts";
import type { Scope } from "./scope.ts";

/** What a script may be given: approving and administering are for people. */
export const TOKEN_ROLES = ["viewer", "unlocker", "auditor"] as const;
export type TokenRole = (typeof TOKEN_ROLES)[number];

export const TOKEN_DAYS_MAX = 90;
/** Of one person, so that none is forgotten among the others. */
export const TOKENS_MAX = 50;
export const TOKEN_NAME_LENGTH_MAX = 100;
export const TOKEN_PATTERNS_MAX = 50;
const DAY_MS = 24 * 60 * 60_000;
/** Last used is for people to read: a write for every request would be one for nobody. */
const USE_NOTED_EVERY_MS = 60_000;

/** A key for scripts. It acts in its owner's name, and never beyond its limit nor beyond what the owner may do at that moment. */
export type ApiToken = {
  readonly id: string;
  readonly name: string;
  readonly owner: Identity;
  /** What the owner was called when it was made. */
  readonly ownerName: string;
  readonly limit: { readonly roles: readonly TokenRole[]; readonly scope: Scope };
  readonly madeAtMs: number;
  readonly expiresAtMs: number;
  readonly lastUsedAtMs: number | null;
  readonly revokedAtMs: number | null;
};

/** The text that its owner is shown once. */
export function formatToken({ id, secret }: { readonly id: string; readonly secret: string }): string {
  return `lkt_${id}_${secret}`;
}

/** The parts of what was sent as a token; null for anything that cannot be one. */
export function parseToken(text: string): { readonly id: string; readonly secret: string } | null {
  const [, id = "", secret] = /^lkt_([^_]+)_([0-9A-Za-z_-]{43})$/.exec(text) ?? [];
  return secret === undefined || !isTokenId(id) ? null : { id, secret };
}

/** Anything else need not be looked for. */
export function isTokenId(text: string): boolean {
  return /^[0-9A-Za-z-]{1,64}$/.test(text);
}

export function tokenStatus(
  { expiresAtMs, revokedAtMs }: Pick<ApiToken, "expiresAtMs" | "revokedAtMs">,
  nowMs: number,
): "active" | "expired" | "revoked" {
  if (revokedAtMs !== null) return "revoked";
  return nowMs < expiresAtMs ? "active" : "expired";
}

export function isUseWorthNoting({ lastUsedAtMs }: Pick<ApiToken, "lastUsedAtMs">, nowMs: number): boolean {
  return lastUsedAtMs === null || Math.abs(nowMs - lastUsedAtMs) >= USE_NOTED_EVERY_MS;
}

/** When a token ends that is made now for so many days. */
export function tokenExpiry(nowMs: number, days: number): number {
  return nowMs + days * DAY_MS;
}

/** What a token may do: what its owner may do now, within its limit. Nothing where the owner is unknown or disabled. */
export function tokenAccess(owner: Access | null, limit: ApiToken["limit"]): Access {
  // Only a token has a limit, and a token owns none.
  if (owner === null || owner.limit !== null) return NO_ACCESS;
  return { grants: owner.grants, limit };
}

/** Whether somebody may give a token a role: only what they could do somewhere themselves. */
export function canLend(access: Access, role: TokenRole): boolean {
  return PERMISSIONS.filter((permission) => gives(role, permission) && !isForPeopleOnly(permission)).every(
    (permission) => mayAnywhere(access, permission),
  );
}
