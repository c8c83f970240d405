import { identityOf } from "#lib/domain/actor.ts";
import { AppError } from "#lib/services/errors.ts";
import type { Context } from "#lib/services/ports/context.ts";
import type { Visitor } from "#lib/services/ports/people.ts";
import { requireDesk } from "#lib/services/sign-in/desk.ts";
import { limitSignIns } from "#lib/services/sign-in/limit-sign-ins.ts";
import { describeAsker } from "./add-person.ts";
import { requirePassword } from "./set-password-by-link.ts";

/** Changes the password of whoever asks, who must show the present one. Their other sessions end. */
export async function changeOwnPassword(
  ctx: Context,
  input: { readonly password: string; readonly newPassword: string; readonly visitor: Visitor },
): Promise<void> {
  const desk = requireDesk(ctx);
  const identity = identityOf(ctx.actor);
  const person = identity === null ? null : await ctx.people.find(identity);
  if (person === null || person.kind !== "password" || person.email === null || ctx.signIn.kind !== "session") {
    throw new AppError("You have no password here.", { code: "refused", hint: "You sign in at the provider." });
  }
  await limitSignIns(desk, { address: input.visitor.address, account: person.email });
  if (!(await desk.gateway.isPassword(person.key, input.password))) {
    throw new AppError("The present password is wrong.", { code: "invalid", hint: "Nothing was changed. Try again." });
  }
  requirePassword(input.newPassword, person.email);
  await desk.gateway.setPassword({ personKey: person.key, email: person.email, password: input.newPassword });
  await desk.gateway.endSessions(person.key, ctx.signIn.sessionId);
  const { issuer, subject, name, email } = person;
  const details = { person: { issuer, subject, name, email }, change: "changed_password" };
  await ctx.audit.append({ action: "person.changed", ...describeAsker(ctx), details });
}
