import type { z } from "zod";
import type { Role } from "#lib/domain/access/role.ts";
import { EVERYWHERE, type Scope } from "#lib/domain/access/scope.ts";
import { AGE_CLASSES, type UnlockPolicy } from "#lib/domain/access/unlock-policy.ts";
import { parseDuration } from "#lib/domain/duration.ts";
import type { AccessSchema } from "./access-schema.ts";

export type AccessMode = "local" | "password" | "oidc" | "proxy";

export type OidcConfig = {
  readonly name: string;
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scopes: readonly string[];
  readonly groupsClaim: string;
};

export type ProxyConfig = { readonly groupsClaim: string } & (
  | {
      readonly kind: "alb";
      readonly signer: string;
      readonly issuer: string;
      readonly clientId: string;
      readonly keysUrl?: string;
    }
  | { readonly kind: "cloudflare"; readonly teamUrl: string; readonly audience: string; readonly keysUrl?: string }
  | { readonly kind: "iap"; readonly audience: string; readonly keysUrl?: string }
);

/** A role, or the denial of one, and to whom it goes. */
export type RoleRule = {
  readonly effect: "allow" | "deny";
  readonly role: Role;
  readonly groups: readonly string[];
  readonly people: readonly string[];
  readonly scope: Scope;
};

/** Who may sign in and how, what they may do, and what an unlock takes. */
export type AccessConfig = {
  readonly mode: AccessMode;
  readonly oidc: OidcConfig | null;
  readonly proxy: ProxyConfig | null;
  /** E-mail addresses, in lower case, that may sign in with a password while the mode is `oidc`. */
  readonly breakGlassPeople: readonly string[];
  readonly rules: readonly RoleRule[];
  readonly policies: readonly UnlockPolicy[];
  /** How old a sign-in may be before an unlock; null asks nobody. */
  readonly freshSignInMsMax: number | null;
  readonly session: { readonly idleMs: number; readonly absoluteMs: number };
};

const MINUTE_MS = 60_000;
const FRESH_SIGN_IN = "5m";

export type AccessInput = z.infer<typeof AccessSchema>;

/** A configuration that passed its schema and `checkAccess`, with every default filled in. */
export function toAccessConfig(input: AccessInput): AccessConfig {
  const mode = input.mode ?? "local";
  const freshSignInMs = parseDuration(input.freshSignIn ?? (mode === "local" ? "0s" : FRESH_SIGN_IN)) ?? 0;
  return {
    mode,
    oidc: mode === "oidc" && input.oidc !== undefined ? toOidc(input.oidc) : null,
    proxy: mode === "proxy" && input.proxy !== undefined ? toProxy(input.proxy) : null,
    breakGlassPeople: (input.breakGlassPeople ?? []).map((name) => name.toLowerCase()),
    rules: [
      ...(input.roles ?? []).map((rule) => toRule("allow", rule)),
      ...(input.denials ?? []).map((rule) => toRule("deny", rule)),
    ],
    policies: (input.policies ?? []).map(toPolicy),
    freshSignInMsMax: freshSignInMs === 0 ? null : freshSignInMs,
    session: {
      idleMs: parseDuration(input.session?.idle ?? "30m") ?? 30 * MINUTE_MS,
      absoluteMs: parseDuration(input.session?.absolute ?? "12h") ?? 12 * 60 * MINUTE_MS,
    },
  };
}

function toOidc({ name, scopes, groupsClaim, ...rest }: NonNullable<AccessInput["oidc"]>): OidcConfig {
  return {
    ...rest,
    name: name ?? "single sign-on",
    scopes: scopes ?? ["openid", "profile", "email", "offline_access"],
    groupsClaim: groupsClaim ?? "groups",
  };
}

function toProxy(input: NonNullable<AccessInput["proxy"]>): ProxyConfig {
  const { kind, signer = "", issuer = "", clientId = "", teamUrl = "", audience = "", keysUrl } = input;
  const shared = { groupsClaim: input.groupsClaim ?? "groups", ...(keysUrl !== undefined && { keysUrl }) };
  switch (kind) {
    case "alb":
      return { ...shared, kind, signer, issuer, clientId };
    case "cloudflare":
      return { ...shared, kind, teamUrl, audience };
    case "iap":
      return { ...shared, kind, audience };
  }
}

function toRule(effect: RoleRule["effect"], rule: NonNullable<AccessInput["roles"]>[number]): RoleRule {
  const { role, groups = [], people = [] } = rule;
  return { effect, role, groups, people, scope: toScope(rule) };
}

type ScopeInput = Pick<NonNullable<AccessInput["policies"]>[number], "accounts" | "buckets" | "statePaths">;

function toScope({ accounts, buckets, statePaths }: ScopeInput): Scope {
  return {
    accounts: accounts ?? EVERYWHERE.accounts,
    buckets: buckets ?? EVERYWHERE.buckets,
    statePaths: statePaths ?? EVERYWHERE.statePaths,
  };
}

function toPolicy(input: NonNullable<AccessInput["policies"]>[number]): UnlockPolicy {
  const { ticket = [], minAge = {}, coolDown = "0s", rate, approval, approvalExpires = "60m", breakGlass } = input;
  const ages = AGE_CLASSES.map((name) => [name, parseDuration(minAge[name] ?? "")] as const);
  return {
    scope: toScope(input),
    ticket,
    minAgeMs: Object.fromEntries(ages.filter(([, ms]) => ms !== null)),
    coolDownMs: parseDuration(coolDown) ?? 0,
    rate: rate === undefined ? null : { unlocks: rate.unlocks, perMs: parseDuration(rate.per) ?? MINUTE_MS },
    isApprovalRequired: approval === "required",
    approvalExpiresMs: parseDuration(approvalExpires) ?? 60 * MINUTE_MS,
    isBreakGlassAllowed: breakGlass !== "refused",
  };
}
