import type { Access, Grant } from "#lib/domain/access/access.ts";
import type { Role } from "#lib/domain/access/role.ts";
import { EVERYWHERE } from "#lib/domain/access/scope.ts";
import type { UnlockPolicy } from "#lib/domain/access/unlock-policy.ts";
import type { Actor } from "#lib/domain/actor.ts";
import type { Context } from "#lib/services/ports/context.ts";

const ISSUER = "https://acme.okta.com";

/** People who signed in just now, over one context; what they may do can change while the test runs. */
export type People = {
  /** The context of a person with these roles everywhere; without roles, with those they have. */
  readonly as: (subject: string, roles?: readonly Role[], over?: Partial<Context>) => Context;
  /** Gives a person other roles everywhere; null disables them. */
  readonly change: (subject: string, roles: readonly Role[] | null) => void;
};

export function createPeople(ctx: Context, policies: readonly UnlockPolicy[]): People {
  const accesses = new Map<string, Access | null>();
  return {
    as: (subject, roles, over = {}) => {
      if (roles !== undefined) accesses.set(subject, accessWith(roles));
      const access = accesses.get(subject);
      if (access === undefined || access === null) throw new Error(`${subject} has no roles.`);
      return {
        ...ctx,
        actor: aPerson(subject),
        access,
        signIn: { kind: "session", sessionId: `session of ${subject}`, signedInAtMs: ctx.now() },
        freshSignInMsMax: 5 * 60_000,
        accessOf: async ({ issuer, subject }) => (issuer === ISSUER ? (accesses.get(subject) ?? null) : null),
        policies,
        // They ask more often than anybody would: how often one may is tested with the limits.
        rates: { take: async () => ({ ok: true }) },
        ...over,
      };
    },
    change: (subject, roles) => void accesses.set(subject, roles === null ? null : accessWith(roles)),
  };
}

export function aPerson(subject: string) {
  return { kind: "person", name: subject, authenticatedBy: "oidc", issuer: ISSUER, subject } as const satisfies Actor;
}

function accessWith(roles: readonly Role[]): Access {
  const grants = roles.map((role): Grant => ({ effect: "allow", role, scope: EVERYWHERE }));
  return { grants, limit: null };
}
