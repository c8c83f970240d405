import { parseLoginEmail } from "#lib/domain/access/login-email.ts";
import { AppError } from "#lib/services/errors.ts";
import type { Context } from "#lib/services/ports/context.ts";
import type { Visitor } from "#lib/services/ports/people.ts";
import { mayUsePassword, requireDesk } from "./desk.ts";
import { limitSignIns } from "./limit-sign-ins.ts";
import { endEarlierSession, recordFailedSignIn, recordSignIn } from "./record-sign-in.ts";

/** Nobody's address: what is compared with it takes as long as with somebody's. */
const NOBODY = "nobody@person.invalid";

/**
 * Signs somebody in, and answers the cookies that say so. Throws `unauthenticated`, the same and after the same time for who is
 * unknown, disabled, or not meant to use a password; `too_many` for whoever tries too often.
 */
export async function signInWithPassword(
  ctx: Context,
  input: { readonly email: string; readonly password: string; readonly visitor: Visitor },
): Promise<{ readonly cookies: readonly string[] }> {
  const desk = requireDesk(ctx);
  const { visitor, password } = input;
  const email = parseLoginEmail(input.email);
  await limitSignIns(desk, { address: visitor.address, account: email ?? input.email.slice(0, 300) });
  const isMeant = email !== null && mayUsePassword(desk, email);
  const opened = await desk.gateway.signInWithPassword({ email: isMeant ? email : NOBODY, password }, visitor);
  const person = opened === null ? null : await ctx.people.findByKey(opened.session.personKey);
  if (opened === null || person === null || person.disabledAtMs !== null) {
    if (opened !== null) await desk.gateway.endSession(opened.session.personKey, opened.session.id);
    const reason = person === null ? "wrong e-mail address or password" : "disabled";
    await recordFailedSignIn(ctx, { claimed: input.email, by: "password", reason, visitor });
    throw new AppError("The e-mail address or the password is wrong.", {
      code: "unauthenticated",
      hint: "Try again. Whoever administers Lockkeeper can give you a link to set a new password.",
    });
  }
  const isAgain = visitor.cookie !== null && (await isSamePerson(desk.gateway.findSession(visitor.cookie), person.key));
  await recordSignIn(ctx, desk, { person, session: opened.session, visitor, isAgain });
  await endEarlierSession(ctx, desk, visitor);
  return { cookies: opened.cookies };
}

async function isSamePerson(earlier: Promise<{ readonly personKey: string } | null>, key: string): Promise<boolean> {
  return (await earlier.catch(() => null))?.personKey === key;
}
