import type { KnownPerson } from "#lib/domain/access/known-person.ts";
import type { Person } from "#lib/domain/actor.ts";
import { AppError } from "#lib/services/errors.ts";
import type { Context } from "#lib/services/ports/context.ts";
import type { SignInDesk } from "#lib/services/ports/people.ts";

/** What signing in here takes, or AppError `not_found` where nobody signs in here. */
export function requireDesk({ signInDesk }: Pick<Context, "signInDesk">): SignInDesk {
  if (signInDesk !== null) return signInDesk;
  throw new AppError("Nobody signs in here.", {
    code: "not_found",
    hint: "The configuration says access.mode: local or proxy, where Lockkeeper does not ask who somebody is.",
  });
}

/** Whether somebody with this address may sign in with a password. */
export function mayUsePassword({ mode, breakGlassPeople }: SignInDesk, email: string): boolean {
  return mode === "password" || breakGlassPeople.includes(email);
}

/** How somebody is named on the trail. */
export function actorOf({ issuer, subject, name, kind }: KnownPerson): Person {
  return { kind: "person", name, authenticatedBy: kind, issuer, subject };
}
