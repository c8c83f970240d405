"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import type { TokenView } from "#lib/domain/access/token-view.ts";
import { RevokeTokenDialog } from "./revoke-token-dialog.tsx";
import { TokenRow } from "./token-row.tsx";

type Props = { readonly tokens: readonly TokenView[]; readonly hasOwners?: boolean };

/** Tokens, newest first, with what ends them; whose each is where they are of several people. */
export function TokenList({ tokens, hasOwners = false }: Props) {
  const router = useRouter();
  const [revoked, setRevoked] = useState<TokenView | null>(null);
  const close = (hasNews: boolean) => {
    setRevoked(null);
    if (hasNews) router.refresh();
  };
  return (
    <>
      <ul aria-label="Tokens" className="border-line border-t">
        {tokens.map((token) => (
          <TokenRow key={token.id} token={token} hasOwner={hasOwners} onRevoke={() => setRevoked(token)} />
        ))}
      </ul>
      {revoked !== null && <RevokeTokenDialog token={revoked} onClose={close} />}
    </>
  );
}
