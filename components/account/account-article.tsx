import type { ReactNode } from "react";
import { Notice } from "#components/ui/notice.tsx";
import { Section } from "#components/ui/section.tsx";
import type { AccountView } from "#lib/domain/access/account-view.ts";
import type { TokenView } from "#lib/domain/access/token-view.ts";
import { RoleList } from "./role-list.tsx";
import { TokenSection } from "./token-section.tsx";
import { WhoFacts } from "./who-facts.tsx";

type Props = {
  readonly account: AccountView;
  readonly tokens: readonly TokenView[];
  /** Where they are signed in. */
  readonly children?: ReactNode;
};

/** All that Lockkeeper knows of whoever looks at it. */
export function AccountArticle({ account, tokens, children }: Props) {
  const isLocal = account.authenticatedBy === "local";
  return (
    <>
      <WhoFacts account={account} />
      {isLocal ? (
        <Notice tone="neutral" className="max-w-3xl">
          Lockkeeper runs in local mode: whoever is at this machine may do everything, and is recorded as its user.
          Nobody signs in, so there are no sessions to end, and a script of this machine needs no token.
        </Notice>
      ) : (
        <>
          <Section title="What you may do">
            <RoleList grants={account.grants} />
          </Section>
          <TokenSection tokens={tokens} roles={account.tokenRoles} />
          {children}
        </>
      )}
    </>
  );
}
