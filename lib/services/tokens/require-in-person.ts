import type { Identity } from "#lib/domain/actor.ts";
import { AppError } from "#lib/services/errors.ts";
import type { Context } from "#lib/services/ports/context.ts";

/** Who signed in, themselves. Throws `invalid` in local mode, and `refused` for a token: a script looks after no tokens. */
export function requireInPerson({ actor }: Pick<Context, "actor">): Identity & { readonly name: string } {
  if (actor.kind !== "person") throw notInPerson();
  switch (actor.authenticatedBy) {
    case "local":
      throw new AppError("There are no tokens in local mode.", {
        code: "invalid",
        hint: "None is needed: every program of this machine may ask without one. Tokens come with a sign-in, see access in the README.",
      });
    case "token":
      throw notInPerson();
    case "password":
    case "oidc":
    case "proxy": {
      const { issuer, subject, name } = actor;
      return { issuer, subject, name };
    }
  }
}

function notInPerson(): AppError {
  return new AppError("Only a person who signed in can look after tokens.", {
    code: "refused",
    hint: "Nothing was done. Sign in and use the page /account.",
  });
}
