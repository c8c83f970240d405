import { parseLoginEmail } from "#lib/domain/access/login-email.ts";
import { formatOneLine } from "#lib/domain/display-text.ts";
import { requireFreshSignIn } from "#lib/services/access/fresh-sign-in.ts";
import { requireEverywhere } from "#lib/services/access/permit.ts";
import { AppError } from "#lib/services/errors.ts";
import type { Context } from "#lib/services/ports/context.ts";
import { mayUsePassword, requireDesk } from "#lib/services/sign-in/desk.ts";
import { makePasswordLink } from "./password-link.ts";

export type NewPerson = { readonly email: string; readonly name: string; readonly isAdmin: boolean };

/** Adds somebody who will sign in with a password, and answers the secret of a link with which they set it, once. */
export async function addPerson(
  ctx: Context,
  input: NewPerson,
): Promise<{ readonly key: string; readonly secret: string; readonly expiresAtMs: number }> {
  await requireEverywhere(ctx, "people.manage");
  requireFreshSignIn(ctx);
  const desk = requireDesk(ctx);
  const email = requireEmail(input.email);
  if (!mayUsePassword(desk, email)) {
    throw new AppError(`${email} is not one of access.breakGlassPeople.`, {
      code: "invalid",
      hint: "Where people sign in at a provider, only those may have a password. Add the address there, and start anew.",
    });
  }
  const name = formatOneLine(input.name.trim(), { maxLength: 200 }) || email;
  const details = { email, name, isAdmin: input.isAdmin };
  const entry = { action: "person.added", ...describeAsker(ctx), details } as const;
  const person = await ctx.people.add({ subject: ctx.newId(), name, email, isAdmin: input.isAdmin }, entry);
  if (person === null) {
    throw new AppError(`${email} is taken.`, {
      code: "invalid",
      hint: "Find this person in the list: a new link sets a new password.",
    });
  }
  return { key: person.key, ...(await makePasswordLink(ctx, desk, person.key, null)) };
}

/** The address in the form in which it is kept, or AppError `invalid`. */
export function requireEmail(text: string): string {
  const email = parseLoginEmail(text);
  if (email !== null) return email;
  throw new AppError("That is not an e-mail address.", { code: "invalid", hint: "Write one such as riley@acme.com." });
}

/** What every entry says of whoever asked. */
export function describeAsker({ actor, requestId, now }: Pick<Context, "actor" | "requestId" | "now">) {
  return { actor, requestId, atMs: now(), unlockId: null };
}
