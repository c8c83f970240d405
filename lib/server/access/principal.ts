import { userInfo } from "node:os";
import { type Access, FULL_ACCESS, NO_ACCESS } from "#lib/domain/access/access.ts";
import type { SignIn } from "#lib/domain/access/sign-in.ts";
import type { Actor } from "#lib/domain/actor.ts";

/** Who asks, how they have shown it, and what they may do. */
export type Principal = { readonly actor: Actor; readonly signIn: SignIn; readonly access: Access };

/** Finds out who sends a request. Whatever cannot be verified is nobody: null. Throws AppError `unavailable`. */
export type Authenticate = (headers: Pick<Headers, "get">) => Promise<Principal | null>;

/** The operating-system user, who may do everything: in local mode nobody else reaches us. */
export function localPrincipal(): Principal {
  const actor = { kind: "person", name: userInfo().username, authenticatedBy: "local" } as const;
  return { actor, signIn: { kind: "local" }, access: FULL_ACCESS };
}

/** The product's own work. */
export function systemPrincipal(name: Extract<Actor, { kind: "system" }>["name"]): Principal {
  return { actor: { kind: "system", name }, signIn: { kind: "local" }, access: FULL_ACCESS };
}

/** Somebody who has not signed in, under the name they give: they may do nothing but try. */
export function strangerPrincipal(name: string): Principal {
  return { actor: { kind: "stranger", name }, signIn: { kind: "none" }, access: NO_ACCESS };
}
