import type { KnownPerson } from "#lib/domain/access/known-person.ts";
import type { PersonChange } from "#lib/domain/access/person-view.ts";
import { identityOf } from "#lib/domain/actor.ts";
import { requireFreshSignIn } from "#lib/services/access/fresh-sign-in.ts";
import { requireEverywhere } from "#lib/services/access/permit.ts";
import { AppError } from "#lib/services/errors.ts";
import { recordInTime } from "#lib/services/in-time.ts";
import type { Context } from "#lib/services/ports/context.ts";
import type { AuditEntry } from "#lib/services/ports/trail.ts";
import { requireDesk } from "#lib/services/sign-in/desk.ts";
import { describeAsker } from "./add-person.ts";
import { makePasswordLink } from "./password-link.ts";

/** What came of a change: the secret of a new link, once, or how many sessions ended. */
export type PersonChanged = {
  readonly secret?: string;
  readonly expiresAtMs?: number;
  readonly endedSessions?: number;
};

/** Changes what somebody may do here. Nobody can lock themselves out, and who is disabled has no session from that moment on. */
export async function changePerson(
  ctx: Context,
  { key, change }: { readonly key: string; readonly change: PersonChange },
): Promise<PersonChanged> {
  await requireEverywhere(ctx, "people.manage");
  requireFreshSignIn(ctx);
  const person = await ctx.people.findByKey(key);
  if (person === null) {
    throw new AppError("Nobody like that is known.", { code: "not_found", hint: "Load the list of people anew." });
  }
  switch (change) {
    case "disable":
      refuseOneself(ctx, person);
      await ctx.people.change({ key, disabledAtMs: ctx.now() }, describeChange(ctx, person, change));
      return { endedSessions: await endSessions(ctx, person, "disabled") };
    case "enable":
      await ctx.people.change({ key, disabledAtMs: null }, describeChange(ctx, person, change));
      return {};
    case "make_admin":
      await ctx.people.change({ key, isAdmin: true }, describeChange(ctx, person, change));
      return {};
    case "end_admin":
      refuseOneself(ctx, person);
      await ctx.people.change({ key, isAdmin: false }, describeChange(ctx, person, change));
      return {};
    case "end_sessions":
      return { endedSessions: await endSessions(ctx, person, "revoked") };
    case "new_link":
      if (person.kind !== "password") {
        throw new AppError(`${person.name} signs in at the provider and has no password here.`, {
          code: "invalid",
          hint: "Nothing was changed.",
        });
      }
      return makePasswordLink(ctx, requireDesk(ctx), key, describeChange(ctx, person, change));
  }
}

async function endSessions(ctx: Context, person: KnownPerson, how: string): Promise<number> {
  const count = (await ctx.signInDesk?.gateway.endSessions(person.key)) ?? 0;
  const entry = { ...describeChange(ctx, person, how), action: "session.revoked" } as const;
  await recordInTime(ctx, () => ctx.audit.append({ ...entry, details: { ...entry.details, sessions: count } }));
  return count;
}

function describeChange(ctx: Context, person: KnownPerson, change: string): AuditEntry {
  const { issuer, subject, name, email } = person;
  const details = { person: { issuer, subject, name, email }, change };
  return { action: "person.changed", ...describeAsker(ctx), details };
}

function refuseOneself({ actor }: Context, person: KnownPerson): void {
  const self = identityOf(actor);
  if (self === null || self.issuer !== person.issuer || self.subject !== person.subject) return;
  throw new AppError("That is you.", {
    code: "refused",
    hint: "Nothing was changed. Another administrator can do this, so that one is always left.",
  });
}
