import type { Metadata } from "next";
import { SourceBoard } from "#components/sources/source-board.tsx";
import { PageShell } from "#components/ui/page-shell.tsx";
import { pageContext } from "#lib/server/request-context.ts";
import { listSources } from "#lib/services/sources/list-sources.ts";

export const metadata: Metadata = { title: "Sources" };

export default async function SourcesPage() {
  const sources = await listSources(await pageContext());
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
