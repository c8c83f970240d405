import { needsFreshSignIn } from "#lib/domain/access/sign-in.ts";
import { AppError } from "#lib/services/errors.ts";
import type { Context } from "#lib/services/ports/context.ts";

/** Throws `sign_in_again` where the person signed in too long ago for what cannot be undone. */
export function requireFreshSignIn(ctx: Pick<Context, "signIn" | "freshSignInMsMax" | "now">): void {
  if (!needsFreshSignIn(ctx.signIn, ctx.freshSignInMsMax, ctx.now())) return;
  const minutes = Math.round((ctx.freshSignInMsMax ?? 0) / 60_000);
  throw new AppError(`You signed in more than ${minutes} minutes ago.`, {
    code: "sign_in_again",
    hint: "Nothing was done. Sign in again to confirm that it is you, then repeat it.",
  });
}
