import type { Metadata } from "next";
import Link from "next/link";
import { notFound } from "next/navigation";
import { ApprovalArticle } from "#components/approvals/approval-article.tsx";
import { LivePage } from "#components/lock/live-page.tsx";
import { isOpenState } from "#lib/domain/approval.ts";
import type { ApprovalDetail } from "#lib/domain/approval-view.ts";
import { makeVisible } from "#lib/domain/display-text.ts";
import { pageContext } from "#lib/server/request-context.ts";
import { getApproval } from "#lib/services/approvals/list-approvals.ts";
import { AppError } from "#lib/services/errors.ts";
import type { Context } from "#lib/services/ports/context.ts";

export const metadata: Metadata = { title: "Approval" };

export default async function ApprovalPage({ params }: PageProps<"/approvals/[id]">) {
  const approval = await loadApproval(await pageContext(), (await params).id);
  const isOpen = isOpenState(approval.state);
  return (
    <div className="mx-auto w-full max-w-6xl px-3 py-3 md:px-5">
      <title>{`Approval of ${makeVisible(approval.stateKey, { maxLength: 60 })} · Lockkeeper`}</title>
      <Link href="/approvals" className="mb-2 inline-block rounded text-muted text-sm hover:text-ink">
        ← Approvals
      </Link>
      {isOpen && <LivePage />}
      <ApprovalArticle approval={approval} />
    </div>
  );
}

async function loadApproval(ctx: Context, id: string): Promise<ApprovalDetail> {
  try {
    return await getApproval(ctx, id);
  } catch (error) {
    if (error instanceof AppError && error.code === "not_found") notFound();
    throw error;
  }
}
