import type { Metadata } from "next";
import { AccountArticle } from "#components/account/account-article.tsx";
import { PageShell } from "#components/ui/page-shell.tsx";
import { pageContext } from "#lib/server/request-context.ts";
import { describeAccount } from "#lib/services/access/describe-account.ts";
import { listTokens } from "#lib/services/tokens/list-tokens.ts";

export const metadata: Metadata = { title: "Account" };

export default async function AccountPage() {
  const ctx = await pageContext();
  return (
    <PageShell title="Your account">
      <AccountArticle account={describeAccount(ctx)} tokens={await listTokens(ctx, { of: "me" })} />
    </PageShell>
  );
}
