import type { KnownPerson } from "#lib/domain/access/known-person.ts";
import { findPasswordProblem } from "#lib/domain/access/password-rule.ts";
import { AppError } from "#lib/services/errors.ts";
import type { Context } from "#lib/services/ports/context.ts";
import type { SignInDesk, Visitor } from "#lib/services/ports/people.ts";
import { actorOf, mayUsePassword, requireDesk } from "#lib/services/sign-in/desk.ts";
import { limitSignIns } from "#lib/services/sign-in/limit-sign-ins.ts";
import { recordFailedSignIn } from "#lib/services/sign-in/record-sign-in.ts";
import { describeAsker, requireEmail } from "./add-person.ts";

export type PasswordByLink = {
  readonly secret: string;
  /** Of the first administrator; everybody else is known by the link. */
  readonly email: string | null;
  readonly password: string;
  readonly visitor: Visitor;
};

/** Sets somebody's password by a one-time link, and answers with which address they now sign in. All their sessions end. */
export async function setPasswordByLink(ctx: Context, input: PasswordByLink): Promise<{ readonly email: string }> {
  const desk = requireDesk(ctx);
  const { visitor, password } = input;
  await limitSignIns(desk, { address: visitor.address, account: null });
  const tokenHash = ctx.sha256(input.secret);
  const link = await ctx.people.findLink(tokenHash, ctx.now());
  if (link === null) throw await refuse(ctx, visitor);
  const person = link.personKey === null ? null : await ctx.people.findByKey(link.personKey);
  const email = person === null ? requireEmail(input.email ?? "") : (person.email ?? "");
  if (person !== null && person.disabledAtMs !== null) throw await refuse(ctx, visitor);
  if (!mayUsePassword(desk, email)) {
    throw new AppError(`${email} may not have a password here.`, {
      code: "refused",
      hint: "Where people sign in at a provider, only those named in access.breakGlassPeople may.",
    });
  }
  requirePassword(password, email);
  if (person === null && (await ctx.people.findByLogin(email)) !== null) await findUnused(ctx, desk, email);
  if (!(await ctx.people.takeLink(tokenHash, ctx.now()))) throw await refuse(ctx, visitor);
  const holder = person ?? (await addFirst(ctx, desk, email));
  await desk.gateway.setPassword({ personKey: holder.key, email, password });
  await desk.gateway.endSessions(holder.key);
  const { issuer, subject, name } = holder;
  const details = { person: { issuer, subject, name, email }, change: "set_password", address: visitor.address };
  await ctx.audit.append({ action: "person.changed", ...describeAsker({ ...ctx, actor: actorOf(holder) }), details });
  return { email };
}

/** Throws `invalid` for a password that will not do. */
export function requirePassword(password: string, email: string): void {
  const problem = findPasswordProblem(password, email);
  if (problem === null) return;
  throw new AppError(problem, { code: "invalid", hint: "Nothing was changed. Choose another one." });
}

/** The first administrator, or one who was added before and never came to a password. */
async function addFirst(ctx: Context, desk: SignInDesk, email: string): Promise<KnownPerson> {
  const details = { email, name: email, isAdmin: true, how: "first administrator" };
  const entry = { action: "person.added", ...describeAsker(ctx), details } as const;
  const added = await ctx.people.add({ subject: ctx.newId(), name: email, email, isAdmin: true }, entry);
  return added ?? findUnused(ctx, desk, email);
}

/** An administrator with this address who has no password yet. Throws `invalid` where the address is somebody else's. */
async function findUnused(ctx: Context, { gateway }: SignInDesk, email: string): Promise<KnownPerson> {
  const known = await ctx.people.findByLogin(email);
  if (known?.isAdmin === true && known.disabledAtMs === null && !(await gateway.hasPassword(known.key))) return known;
  throw new AppError(`${email} is taken.`, {
    code: "invalid",
    hint: "Sign in with its password, or take another one.",
  });
}

async function refuse(ctx: Context, visitor: Visitor): Promise<AppError> {
  await recordFailedSignIn(ctx, { claimed: "unknown", by: "password", reason: "link unknown or used", visitor });
  return new AppError("This link does not work: it was used already, or is older than 24 hours.", {
    code: "unauthenticated",
    hint: "Ask whoever administers Lockkeeper for a new one. The first one is printed anew at each start.",
  });
}
