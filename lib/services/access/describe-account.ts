import { mayAnywhere } from "#lib/domain/access/access.ts";
import type { AccountView } from "#lib/domain/access/account-view.ts";
import { canLend, TOKEN_ROLES } from "#lib/domain/access/token.ts";
import { identityOf } from "#lib/domain/actor.ts";
import { AppError } from "#lib/services/errors.ts";
import { formatTime } from "#lib/services/format-time.ts";
import type { Context } from "#lib/services/ports/context.ts";

/** Who asks, as they may see it themselves. Throws AppError `refused` for what is not a person. */
export function describeAccount({ actor, access, signIn }: Pick<Context, "actor" | "access" | "signIn">): AccountView {
  if (actor.kind !== "person") {
    throw new AppError("Only a person has an account.", { code: "refused", hint: "Sign in." });
  }
  const signedInAtMs = signIn.kind === "session" || signIn.kind === "proxy" ? signIn.signedInAtMs : null;
  const mayMake = actor.authenticatedBy !== "local" && mayAnywhere(access, "tokens.make");
  return {
    name: actor.name,
    authenticatedBy: actor.authenticatedBy,
    issuer: identityOf(actor)?.issuer ?? null,
    subject: identityOf(actor)?.subject ?? null,
    signedInAt: formatTime(signedInAtMs),
    grants: access.grants,
    tokenRoles: mayMake ? TOKEN_ROLES.filter((role) => canLend(access, role)) : [],
  };
}
