import type { PersonView } from "#lib/domain/access/person-view.ts";
import { identityOf } from "#lib/domain/actor.ts";
import { requireEverywhere } from "#lib/services/access/permit.ts";
import type { Context } from "#lib/services/ports/context.ts";

const PEOPLE_MAX = 1_000;

/** Everybody who is known, what the configuration gives them, and their sessions. */
export async function listPeople(ctx: Context): Promise<readonly PersonView[]> {
  await requireEverywhere(ctx, "people.manage");
  const self = identityOf(ctx.actor);
  const people = await ctx.people.list(PEOPLE_MAX);
  const gateway = ctx.signInDesk?.gateway;
  return Promise.all(
    people.map(async ({ groupsReadAtMs: _read, addedAtMs: _added, issuer, ...person }) => {
      const access = await ctx.accessOf({ issuer, subject: person.subject });
      return {
        ...person,
        grants: access?.grants ?? [],
        hasPassword: person.kind === "password" && (await gateway?.hasPassword(person.key)) === true,
        isSelf: self !== null && self.issuer === issuer && self.subject === person.subject,
        sessions: (await gateway?.listSessions(person.key)) ?? [],
      };
    }),
  );
}
