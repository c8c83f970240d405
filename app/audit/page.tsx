import type { Metadata } from "next";
import Link from "next/link";
import { type ReactNode, Suspense } from "react";
import { AuditFilters } from "#components/audit/audit-filters.tsx";
import { AuditList } from "#components/audit/audit-list.tsx";
import {
  type AuditParams,
  listBadTimes,
  listSetParams,
  loadAuditParams,
  toAuditFilter,
} from "#components/audit/audit-params.ts";
import { toAuditRow } from "#components/audit/audit-row.ts";
import { ChainPanel } from "#components/audit/chain-panel.tsx";
import { DestinationList, LateNotice } from "#components/audit/destination-list.tsx";
import { ExportLinks } from "#components/audit/export-links.tsx";
import { VerifyYourself } from "#components/audit/verify-yourself.tsx";
import { NoAccess } from "#components/shell/no-access.tsx";
import { PageShell } from "#components/ui/page-shell.tsx";
import { mayAnywhere, mayEverywhere } from "#lib/domain/access/access.ts";
import { formatActor } from "#lib/domain/actor.ts";
import { pageContext } from "#lib/server/request-context.ts";
import { visibleAccounts } from "#lib/services/access/visible-accounts.ts";
import { describeTrailNow } from "#lib/services/audit/describe-trail-now.ts";
import { listAuditEvents } from "#lib/services/audit/list-audit-events.ts";
import { listDeliveries } from "#lib/services/audit/list-deliveries.ts";
import type { Context } from "#lib/services/ports/context.ts";

const PAGE_LENGTH = 100;

export const metadata: Metadata = { title: "Audit" };

export default async function AuditPage({ searchParams }: PageProps<"/audit">) {
  const ctx = await pageContext();
  if (!mayAnywhere(ctx.access, "audit.read"))
    return <NoAccess what="the audit trail" visitor={formatActor(ctx.actor)} />;
  const isWhole = mayEverywhere(ctx.access, "audit.read");
  const params = await loadAuditParams(searchParams);
  const filter = toAuditFilter(params);
  const [{ lines, olderBeforeSeq }, deliveries] = await Promise.all([
    listAuditEvents(ctx, { ...filter, beforeSeq: params.before ?? undefined, limit: PAGE_LENGTH }),
    isWhole ? listDeliveries(ctx) : [],
  ]);
  return (
    <PageShell
      title="Audit"
      lead="The trail of everything that was done or refused. Each line is signed and bound to the one before it, so that a missing or changed line shows."
    >
      <LateNotice deliveries={deliveries} />
      <Suspense fallback={<p className="text-muted text-sm">Verifying the trail.</p>}>
        <Chain ctx={ctx} />
      </Suspense>
      {isWhole ? (
        <>
          <VerifyYourself />
          <DestinationList deliveries={deliveries} />
        </>
      ) : (
        <p className="text-muted text-sm">
          Your access is to a part of the trail: the rest is not listed, and not exported.
        </p>
      )}
      <AuditFilters accounts={visibleAccounts(ctx, "audit.read")} />
      <BadTimes params={params} />
      {isWhole && <ExportLinks filter={filter} />}
      {lines.length === 0 ? (
        <p role="status" className="py-4">
          {describeNothing(params)}
        </p>
      ) : (
        <AuditList rows={lines.map(toAuditRow)} openSeq={params.line} />
      )}
      <Pages params={params} olderBeforeSeq={olderBeforeSeq} />
    </PageShell>
  );
}

/** Reading the whole trail takes time in proportion to its length: the list does not wait for it. */
async function Chain({ ctx }: { ctx: Context }) {
  return <ChainPanel status={await describeTrailNow(ctx)} />;
}

function BadTimes({ params }: { params: AuditParams }): ReactNode {
  const names = listBadTimes(params);
  if (names.length === 0) return null;
  return (
    <p role="alert" className="text-look text-sm">
      {names.join(" and ")} {names.length === 1 ? "is no time" : "are no times"} and filter nothing: write one such as
      2026-11-23T03:40:00Z, or a day.
    </p>
  );
}

function describeNothing(params: AuditParams): string {
  if (Object.keys(listSetParams(params)).length > 0) return "No event matches.";
  return params.before === null ? "Nothing was done yet." : "No event is older.";
}

function Pages({ params, olderBeforeSeq }: { params: AuditParams; olderBeforeSeq: number | null }): ReactNode {
  const query = listSetParams(params);
  return (
    <nav aria-label="Pages of the trail" className="flex gap-4 text-sm empty:hidden">
      {params.before !== null && (
        <Link href={{ pathname: "/audit", query }} className="text-accent underline">
          Newest
        </Link>
      )}
      {olderBeforeSeq !== null && (
        <Link
          href={{ pathname: "/audit", query: { ...query, before: olderBeforeSeq } }}
          className="text-accent underline"
        >
          Older
        </Link>
      )}
    </nav>
  );
}
