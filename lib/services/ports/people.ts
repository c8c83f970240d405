import type { Claims } from "#lib/domain/access/claims.ts";
import type { KnownPerson } from "#lib/domain/access/known-person.ts";
import type { RateRule, RateVerdict } from "#lib/domain/access/rate.ts";
import type { SignInProblem } from "#lib/domain/access/sign-in-problem.ts";
import type { ApiToken } from "#lib/domain/access/token.ts";
import type { Identity } from "#lib/domain/actor.ts";
import type { AuditEntry } from "./trail.ts";

/** Counts what each asks for, over all replicas. */
export type RateLimiter = {
  /** Takes one of what `rule` allows under a key. One that is refused takes nothing. Throws AppError `unavailable`. */
  readonly take: (key: string, rule: RateRule) => Promise<RateVerdict>;
};

/** A token with what its secret is checked against. */
export type StoredToken = ApiToken & { /** SHA-256, lower-case hex. */ readonly secretHash: string };

export type TokenStore = {
  readonly find: (id: string) => Promise<StoredToken | null>;
  /** Those that were not revoked, newest first: of one owner, or of everybody. */
  readonly list: (owner: Identity | null) => Promise<readonly ApiToken[]>;
  /** Stores a new one with its audit event, in one transaction. */
  readonly record: (token: StoredToken, entry: AuditEntry) => Promise<void>;
  /** Ends one for good with its audit event, in one transaction; false when it had been before. */
  readonly revoke: (input: { id: string; atMs: number; entry: AuditEntry }) => Promise<boolean>;
  readonly noteUse: (input: { id: string; atMs: number }) => Promise<void>;
};

/** People as they are known. What somebody decided is committed together with its audit event. */
export type PersonStore = {
  readonly find: (identity: Identity) => Promise<KnownPerson | null>;
  readonly findByKey: (key: string) => Promise<KnownPerson | null>;
  /** Somebody who signs in with a password, by address. */
  readonly findByLogin: (email: string) => Promise<KnownPerson | null>;
  /** At most `limit`, those first who signed in last. */
  readonly list: (limit: number) => Promise<readonly KnownPerson[]>;
  /** Adds somebody who will sign in with a password; null when the address is taken. */
  readonly add: (
    person: { readonly subject: string; readonly name: string; readonly email: string; readonly isAdmin: boolean },
    entry: AuditEntry,
  ) => Promise<KnownPerson | null>;
  /** What a provider or a proxy says about somebody now; adds who is not known yet. */
  readonly record: (
    said: Identity & {
      readonly kind: "oidc" | "proxy";
      readonly name: string;
      readonly email: string | null;
      readonly groups: readonly string[];
      readonly atMs: number;
    },
  ) => Promise<KnownPerson>;
  readonly recordSignIn: (key: string, atMs: number) => Promise<void>;
  /** False when nobody has that key. */
  readonly change: (
    input: { readonly key: string; readonly isAdmin?: boolean; readonly disabledAtMs?: number | null },
    entry: AuditEntry,
  ) => Promise<boolean>;
  /** Takes it upon this caller to read somebody's groups anew; false while another, here or elsewhere, does so since `sinceMs`. */
  readonly claimGroups: (input: { key: string; atMs: number; sinceMs: number }) => Promise<boolean>;
  readonly releaseGroups: (key: string) => Promise<void>;
  /** Keeps a one-time link to set a password; earlier ones for the same person, or for nobody, no longer work. */
  readonly makeLink: (
    link: { readonly tokenHash: string; readonly personKey: string | null; readonly expiresAtMs: number },
    entry: AuditEntry | null,
  ) => Promise<void>;
  readonly findLink: (tokenHash: string, nowMs: number) => Promise<{ readonly personKey: string | null } | null>;
  /** Uses a link up: of several at once one gets true. */
  readonly takeLink: (tokenHash: string, nowMs: number) => Promise<boolean>;
};

/** A session that somebody opened by signing in. */
export type OpenSession = {
  readonly id: string;
  readonly personKey: string;
  /** When the person really showed who they are; null where the provider does not say. */
  readonly signedInAtMs: number | null;
  readonly startedAtMs: number;
  readonly lastUsedAtMs: number;
  readonly ipAddress: string | null;
  readonly userAgent: string | null;
};

/** Who asks, for the list of sessions. */
export type Visitor = { readonly address: string; readonly userAgent: string | null; readonly cookie: string | null };

/** How somebody's sign-in at the provider came out. `reason` is for the log and the trail: our own words. */
export type ProviderSignIn =
  | {
      readonly verdict: "verified";
      /** Ours to keep or to end before the cookies are handed out. */
      readonly session: OpenSession;
      readonly cookies: readonly string[];
      readonly identity: Identity;
      readonly claims: Claims;
      readonly isAgain: boolean;
      readonly next: string;
    }
  | { readonly verdict: "refused"; readonly problem: SignInProblem; readonly reason: string };

/** All that signing in here takes. */
export type SignInDesk = {
  readonly gateway: SignInGateway;
  readonly mode: "password" | "oidc";
  /** In the mode `oidc`: addresses of those who may sign in with a password all the same. */
  readonly breakGlassPeople: readonly string[];
  /** What the button for the provider says; null where there is none. */
  readonly providerName: string | null;
  readonly groupsClaim: string;
  /** Where browsers find us, without a path. */
  readonly publicUrl: string;
  /** What nobody can guess: 256 bits as text. */
  readonly newSecret: () => string;
  readonly rates: {
    readonly take: (
      key: string,
      rule: { readonly limit: number; readonly perMs: number },
    ) => Promise<{ readonly ok: true } | { readonly ok: false; readonly retryInMs: number }>;
  };
};

/** Signs people in and keeps their sessions. */
export type SignInGateway = {
  /** The session of a cookie; null for none, a forged one and one that ended. */
  readonly findSession: (cookie: string | null) => Promise<OpenSession | null>;
  readonly noteUse: (sessionId: string, atMs: number) => Promise<void>;
  /** Opens a session; null for whoever is not known and for a wrong password, in the same time. */
  readonly signInWithPassword: (
    input: { readonly email: string; readonly password: string },
    visitor: Visitor,
  ) => Promise<{ readonly session: OpenSession; readonly cookies: readonly string[] } | null>;
  /** Where to send the browser, and the cookies to give it. Throws AppError `unavailable` while the provider is down. */
  readonly beginAtProvider: (input: {
    readonly next: string;
    readonly isAgain: boolean;
  }) => Promise<{ readonly url: string; readonly cookies: readonly string[] }>;
  /** Throws AppError `unavailable` while the provider is down. */
  readonly finishAtProvider: (query: Readonly<Record<string, string>>, visitor: Visitor) => Promise<ProviderSignIn>;
  /** Asks the provider what it now says about somebody. */
  readonly readClaims: (person: KnownPerson) => Promise<
    | { readonly verdict: "read"; readonly claims: Claims }
    /** The provider does not vouch any longer, or never let us ask. */
    | { readonly verdict: "ended" }
    | { readonly verdict: "unavailable" }
  >;
  /** The cookies that forget a session, and where the provider ends its own; the session itself is ended. */
  readonly signOut: (
    cookie: string | null,
  ) => Promise<{ readonly cookies: readonly string[]; readonly providerUrl: string | null }>;
  readonly listSessions: (personKey: string) => Promise<readonly OpenSession[]>;
  readonly endSession: (personKey: string, sessionId: string) => Promise<boolean>;
  /** How many were ended. */
  readonly endSessions: (personKey: string, except?: string) => Promise<number>;
  readonly setPassword: (input: {
    readonly personKey: string;
    readonly email: string;
    readonly password: string;
  }) => Promise<void>;
  readonly isPassword: (personKey: string, password: string) => Promise<boolean>;
  readonly hasPassword: (personKey: string) => Promise<boolean>;
  /** Whether the provider answers now; null where there is none. */
  readonly probeProvider: () => Promise<boolean | null>;
};
