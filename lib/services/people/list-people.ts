import type { KnownPerson } from "#lib/domain/access/known-person.ts";
import type { PersonView, SessionView } from "#lib/domain/access/person-view.ts";
import { identityOf } from "#lib/domain/actor.ts";
import { requireEverywhere } from "#lib/services/access/permit.ts";
import type { Context } from "#lib/services/ports/context.ts";
import type { OpenSession } from "#lib/services/ports/people.ts";

const PEOPLE_MAX = 1_000;

/** Everybody who is known, what the configuration gives them, and their sessions. */
export async function listPeople(ctx: Context): Promise<readonly PersonView[]> {
  await requireEverywhere(ctx, "people.manage");
  const people = await ctx.people.list(PEOPLE_MAX);
  return Promise.all(people.map((person) => viewPerson(ctx, person)));
}

async function viewPerson(ctx: Context, person: KnownPerson): Promise<PersonView> {
  const { key, kind, name, email, issuer, subject, groups, isAdmin, disabledAtMs, lastSignInAtMs } = person;
  const self = identityOf(ctx.actor);
  const gateway = ctx.signInDesk?.gateway;
  const access = await ctx.accessOf({ issuer, subject });
  const sessions = (await gateway?.listSessions(key)) ?? [];
  return {
    ...{ key, kind, name, email, subject, groups, isAdmin, disabledAtMs, lastSignInAtMs },
    grants: access?.grants ?? [],
    hasPassword: kind === "password" && (await gateway?.hasPassword(key)) === true,
    isSelf: self !== null && self.issuer === issuer && self.subject === subject,
    sessions: sessions.map(viewSession),
  };
}

function viewSession({ id, startedAtMs, lastUsedAtMs, ipAddress, userAgent }: OpenSession): SessionView {
  return { id, startedAtMs, lastUsedAtMs, ipAddress, userAgent };
}
