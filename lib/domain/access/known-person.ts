import type { Identity } from "#lib/domain/actor.ts";

/** Somebody whom Lockkeeper knows: who signed in, came through a proxy, or was added by an administrator. */
export type KnownPerson = Identity & {
  /** A text that stands for issuer and subject. */
  readonly key: string;
  readonly kind: "password" | "oidc" | "proxy";
  readonly name: string;
  /** For display; people who sign in with a password are told apart by it too. */
  readonly email: string | null;
  /** As last read from the provider or proxy. */
  readonly groups: readonly string[];
  readonly groupsReadAtMs: number | null;
  readonly isAdmin: boolean;
  readonly disabledAtMs: number | null;
  readonly lastSignInAtMs: number | null;
  readonly addedAtMs: number;
};

/** Who vouches for people who sign in with a password. */
export const OWN_ISSUER = "lockkeeper";
