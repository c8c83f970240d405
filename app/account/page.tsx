import type { Metadata } from "next";
import { AccountArticle } from "#components/account/account-article.tsx";
import { ChangePassword } from "#components/account/change-password.tsx";
import { OwnSessions } from "#components/account/own-sessions.tsx";
import { PageShell } from "#components/ui/page-shell.tsx";
import { pageContext } from "#lib/server/request-context.ts";
import { describeAccount } from "#lib/services/access/describe-account.ts";
import { listOwnSessions } from "#lib/services/people/own-sessions.ts";
import { listTokens } from "#lib/services/tokens/list-tokens.ts";

export const metadata: Metadata = { title: "Account" };

export default async function AccountPage() {
  const ctx = await pageContext();
  const account = describeAccount(ctx);
  const [tokens, sessions] = await Promise.all([listTokens(ctx, { of: "me" }), listOwnSessions(ctx)]);
  const items = sessions.map(({ id, isCurrent, startedAtMs, lastUsedAtMs, userAgent, ipAddress }) => ({
    id,
    isCurrent,
    signedInAt: new Date(startedAtMs).toISOString(),
    lastSeenAt: new Date(lastUsedAtMs).toISOString(),
    userAgent,
    address: ipAddress,
  }));
  return (
    <PageShell title="Your account">
      <AccountArticle account={account} tokens={tokens}>
        {items.length > 0 && <OwnSessions sessions={items} />}
        {account.authenticatedBy === "password" && <ChangePassword />}
      </AccountArticle>
    </PageShell>
  );
}
