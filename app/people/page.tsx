import type { Metadata } from "next";
import { EverybodysTokens } from "#components/people/everybodys-tokens.tsx";
import { PeopleBoard } from "#components/people/people-board.tsx";
import { NoAccess } from "#components/shell/no-access.tsx";
import { PageShell } from "#components/ui/page-shell.tsx";
import { mayEverywhere } from "#lib/domain/access/access.ts";
import { formatActor } from "#lib/domain/actor.ts";
import { pageContext } from "#lib/server/request-context.ts";
import { listPeople } from "#lib/services/people/list-people.ts";
import { listTokens } from "#lib/services/tokens/list-tokens.ts";

export const metadata: Metadata = { title: "People" };

export default async function PeoplePage() {
  const ctx = await pageContext();
  if (!mayEverywhere(ctx.access, "people.manage"))
    return <NoAccess what="the people" visitor={formatActor(ctx.actor)} />;
  const [people, tokens] = await Promise.all([
    listPeople(ctx),
    ctx.signIn.kind === "local" ? null : listTokens(ctx, { of: "everybody" }),
  ]);
  const desk = ctx.signInDesk;
  return (
    <PageShell
      title="People"
      lead="Everybody whom Lockkeeper knows. Roles come from the configuration; who is disabled has no session from that moment on."
    >
      <PeopleBoard
        people={people}
        canAdd={desk !== null && (desk.mode === "password" || desk.breakGlassPeople.length > 0)}
      />
      {tokens !== null && <EverybodysTokens tokens={tokens} />}
    </PageShell>
  );
}
