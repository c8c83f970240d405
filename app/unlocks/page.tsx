import type { Metadata } from "next";
import Link from "next/link";
import { NoAccess } from "#components/shell/no-access.tsx";
import { PageShell } from "#components/ui/page-shell.tsx";
import { UnlockFilters } from "#components/unlocks/unlock-filters.tsx";
import { UnlockList } from "#components/unlocks/unlock-list.tsx";
import { loadUnlockParams } from "#components/unlocks/unlock-params.ts";
import { mayAnywhere } from "#lib/domain/access/access.ts";
import { formatActor } from "#lib/domain/actor.ts";
import { pageContext } from "#lib/server/request-context.ts";
import { visibleAccounts } from "#lib/services/access/visible-accounts.ts";
import { listUnlocks } from "#lib/services/unlocks/list-unlocks.ts";

const PAGE_LENGTH = 100;

export const metadata: Metadata = { title: "Unlocks" };

export default async function UnlocksPage({ searchParams }: PageProps<"/unlocks">) {
  const ctx = await pageContext();
  if (!mayAnywhere(ctx.access, "unlocks.view"))
    return <NoAccess what="records of unlocks" visitor={formatActor(ctx.actor)} />;
  const { actor, account, outcome, cursor } = await loadUnlockParams(searchParams);
  const { unlocks, nextCursor } = await listUnlocks(ctx, {
    actor: actor === "" ? undefined : actor,
    account: account === "" ? undefined : account,
    outcome: outcome ?? undefined,
    before: cursor === "" ? undefined : cursor,
    limit: PAGE_LENGTH,
  });
  const hasFilter = actor !== "" || account !== "" || outcome !== null;
  return (
    <PageShell title="Unlocks" lead="Every force-unlock that was asked for, with its reason and what became of it.">
      <UnlockFilters accounts={visibleAccounts(ctx, "unlocks.view")} />
      {unlocks.length === 0 ? (
        <p className="py-4">{hasFilter ? "No record matches." : "No lock was force-unlocked yet."}</p>
      ) : (
        <UnlockList unlocks={unlocks} />
      )}
      {nextCursor !== null && (
        <Link
          href={{ pathname: "/unlocks", query: { ...(await searchParams), cursor: nextCursor } }}
          className="text-accent text-sm underline"
        >
          Older records
        </Link>
      )}
    </PageShell>
  );
}
