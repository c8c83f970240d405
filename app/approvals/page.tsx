import type { Metadata } from "next";
import Link from "next/link";
import { ApprovalFilters } from "#components/approvals/approval-filters.tsx";
import { ApprovalList } from "#components/approvals/approval-list.tsx";
import { type ApprovalTab, loadApprovalParams } from "#components/approvals/approval-params.ts";
import { LivePage } from "#components/lock/live-page.tsx";
import { NoAccess } from "#components/shell/no-access.tsx";
import { PageShell } from "#components/ui/page-shell.tsx";
import { mayAnywhere } from "#lib/domain/access/access.ts";
import { formatActor } from "#lib/domain/actor.ts";
import { pageContext } from "#lib/server/request-context.ts";
import { visibleAccounts } from "#lib/services/access/visible-accounts.ts";
import { countWaiting, listApprovals } from "#lib/services/approvals/list-approvals.ts";

const PAGE_LENGTH = 100;

const EMPTY: Readonly<Record<ApprovalTab, string>> = {
  waiting: "Nothing waits for you.",
  yours: "You have asked for nothing that is still open.",
  past: "No request has ended yet.",
};

export const metadata: Metadata = { title: "Approvals" };

export default async function ApprovalsPage({ searchParams }: PageProps<"/approvals">) {
  const ctx = await pageContext();
  if (!mayAnywhere(ctx.access, "unlocks.view"))
    return <NoAccess what="requests for approval" visitor={formatActor(ctx.actor)} />;
  const { list, account, cursor } = await loadApprovalParams(searchParams);
  const [{ approvals, nextCursor }, waiting] = await Promise.all([
    listApprovals(ctx, {
      list,
      account: account === "" ? undefined : account,
      before: cursor === "" ? undefined : cursor,
      limit: PAGE_LENGTH,
    }),
    countWaiting(ctx),
  ]);
  return (
    <PageShell
      title="Approvals"
      lead="Unlocks that take a second person. Each is for exactly one lock: if it changes, the request is void."
    >
      <LivePage />
      <ApprovalFilters accounts={visibleAccounts(ctx, "unlocks.view")} waiting={waiting} />
      {approvals.length === 0 ? (
        <p className="py-4">{account === "" ? EMPTY[list] : "No request matches."}</p>
      ) : (
        <ApprovalList approvals={approvals} />
      )}
      {nextCursor !== null && (
        <Link
          href={{ pathname: "/approvals", query: { ...(await searchParams), cursor: nextCursor } }}
          className="text-accent text-sm underline"
        >
          Older requests
        </Link>
      )}
    </PageShell>
  );
}
