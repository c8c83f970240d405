import type { Metadata } from "next";
import Link from "next/link";
import { createLoader, parseAsInteger } from "nuqs/server";
import { parseAuditLine } from "#components/audit/audit-event.ts";
import { AuditList } from "#components/audit/audit-list.tsx";
import { CopyableCode } from "#components/text/copyable-code.tsx";
import { buttonClass } from "#components/ui/button.tsx";
import { PageShell } from "#components/ui/page-shell.tsx";
import { pageContext } from "#lib/server/request-context.ts";
import { readAuditTail } from "#lib/services/read-audit-tail.ts";

const PAGE_LENGTH = 100;
const loadParams = createLoader({ before: parseAsInteger });

export const metadata: Metadata = { title: "Audit" };

export default async function AuditPage({ searchParams }: PageProps<"/audit">) {
  const ctx = await pageContext();
  const { before } = await loadParams(searchParams);
  const beforeSeq = before !== null && before > 1 ? before : null;
  const [lines, keys] = await Promise.all([
    readAuditTail(ctx, { beforeSeq, limit: PAGE_LENGTH }),
    ctx.audit.listPublicKeys(),
  ]);
  const oldest = lines.at(-1)?.seq ?? 1;
  return (
    <PageShell
      title="Audit"
      lead="The trail of everything that was done or refused. Each line is signed and bound to the one before it, so that a missing or changed line shows. The export can be verified without this server."
    >
      <div className="flex flex-wrap items-start gap-x-4 gap-y-2">
        <a href="/api/v1/audit" download className={buttonClass("plain")}>
          Download the trail (JSONL)
        </a>
        <details className="text-sm">
          <summary className={buttonClass("quiet")}>Public keys that verify it</summary>
          <CopyableCode code={keys.join("\n")} label="Public keys" copyLabel="Copy keys" />
        </details>
      </div>
      {lines.length === 0 ? (
        <p className="py-4">Nothing was done yet.</p>
      ) : (
        <AuditList events={lines.map(parseAuditLine)} />
      )}
      <div className="flex gap-4 text-sm">
        {beforeSeq !== null && (
          <Link href="/audit" className="text-accent underline">
            Newest
          </Link>
        )}
        {oldest > 1 && (
          <Link href={{ pathname: "/audit", query: { before: oldest } }} className="text-accent underline">
            Older
          </Link>
        )}
      </div>
    </PageShell>
  );
}
