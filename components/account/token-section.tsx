"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Section } from "#components/ui/section.tsx";
import { useIsReady } from "#components/ui/use-is-ready.ts";
import type { TokenRole } from "#lib/domain/access/token.ts";
import type { TokenView } from "#lib/domain/access/token-view.ts";
import { MakeTokenDialog } from "./make-token-dialog.tsx";
import { TokenList } from "./token-list.tsx";

type Props = { readonly tokens: readonly TokenView[]; readonly roles: readonly TokenRole[] };

/** Somebody's tokens, with what makes and ends them. `roles` are those that they may give. */
export function TokenSection({ tokens, roles }: Props) {
  const router = useRouter();
  const isReady = useIsReady();
  const [isMaking, setMaking] = useState(false);
  const close = (hasNews: boolean) => {
    setMaking(false);
    if (hasNews) router.refresh();
  };
  return (
    <Section title="Your tokens" anchor="tokens">
      <p className="mb-3 max-w-3xl text-muted text-sm">
        For scripts that ask the API in your name. A token may never do more than you may, and nothing that is for
        people: approve, break the glass, manage people, make tokens.
      </p>
      {tokens.length === 0 ? <p className="pb-3 text-sm">You have no tokens.</p> : <TokenList tokens={tokens} />}
      {roles.length === 0 ? (
        <p className="text-sm">Your roles do not allow you to make one.</p>
      ) : (
        <Button onClick={() => setMaking(true)} disabled={!isReady} className="mt-3">
          Make a token
        </Button>
      )}
      {isMaking && <MakeTokenDialog roles={roles} onClose={close} />}
    </Section>
  );
}
