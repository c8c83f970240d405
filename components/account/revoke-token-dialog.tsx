"use client";

import { useState } from "react";
import type { ApiProblem } from "#components/api/call.ts";
import { DeclinedNotice } from "#components/recorded-action/declined-notice.tsx";
import { UntrustedText } from "#components/text/untrusted-text.tsx";
import { Button } from "#components/ui/button.tsx";
import { Modal } from "#components/ui/modal.tsx";
import { useToast } from "#components/ui/toasts.tsx";
import type { TokenView } from "#lib/domain/access/token-view.ts";
import { sendRevocation } from "./send-token.ts";

type Props = { readonly token: TokenView; readonly onClose: (hasNews: boolean) => void };

/** Asks once more, since a token that was revoked cannot come back. */
export function RevokeTokenDialog({ token, onClose }: Props) {
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const [isSending, setSending] = useState(false);
  const say = useToast();
  const revoke = async () => {
    setSending(true);
    const declined = await sendRevocation(token.id);
    setSending(false);
    setProblem(declined);
    if (declined !== null) return;
    say("Token revoked.");
    onClose(true);
  };
  return (
    <Modal isOpen onOpenChange={() => onClose(problem !== null)} title="Revoke the token" canDismiss={!isSending}>
      <div className="flex flex-col gap-4 pt-2 text-sm">
        <p>
          Whatever uses <UntrustedText text={token.name} className="font-medium" />
          {!token.isOwn && (
            <>
              , a token of <UntrustedText text={token.owner} className="font-medium" />,
            </>
          )}{" "}
          is refused from its next request on. That cannot be undone.
        </p>
        {problem !== null && <DeclinedNotice problem={problem}>The token was not revoked.</DeclinedNotice>}
        <div className="flex flex-wrap-reverse justify-end gap-2">
          <Button look="quiet" onClick={() => onClose(false)} disabled={isSending}>
            Cancel
          </Button>
          <Button
            look="danger"
            data-autofocus
            onClick={() => void revoke()}
            disabled={isSending}
            className="max-w-full"
          >
            <span className="truncate">Revoke {token.name}</span>
          </Button>
        </div>
      </div>
    </Modal>
  );
}
