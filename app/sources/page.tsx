import type { Metadata } from "next";
import { NoAccess } from "#components/shell/no-access.tsx";
import { SourceBoard } from "#components/sources/source-board.tsx";
import { PageShell } from "#components/ui/page-shell.tsx";
import { mayAnywhere } from "#lib/domain/access/access.ts";
import { formatActor } from "#lib/domain/actor.ts";
import { pageContext } from "#lib/server/request-context.ts";
import { listSources } from "#lib/services/sources/list-sources.ts";

export const metadata: Metadata = { title: "Sources" };

export default async function SourcesPage() {
  const ctx = await pageContext();
  if (!mayAnywhere(ctx.access, "locks.view")) return <NoAccess what="any source" visitor={formatActor(ctx.actor)} />;
  const sources = await listSources(ctx);
  return (
    <PageShell title="Sources" lead="The buckets and tables that are scanned. One that fails never hides the others.">
      {sources.length === 0 ? (
        <p className="py-4">No source is configured. Name accounts with their buckets and tables in lockkeeper.yaml.</p>
      ) : (
        <SourceBoard first={sources} />
      )}
    </PageShell>
  );
}
