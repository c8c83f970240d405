"use client";

import { useState } from "react";
import type { ApiProblem } from "#components/api/call.ts";
import { Modal } from "#components/ui/modal.tsx";
import type { TokenRole } from "#lib/domain/access/token.ts";
import type { MadeToken } from "#lib/domain/access/token-view.ts";
import { MadeTokenPanel } from "./made-token-panel.tsx";
import { sendToken } from "./send-token.ts";
import { EMPTY_DRAFT, type TokenDraft } from "./token-draft.ts";
import { TokenForm } from "./token-form.tsx";

type Phase =
  | { readonly kind: "editing"; readonly problem: ApiProblem | null }
  | { readonly kind: "sending" }
  | { readonly kind: "made"; readonly made: MadeToken };

type Props = { readonly roles: readonly TokenRole[]; readonly onClose: (hasNews: boolean) => void };

/** Makes a token and shows its secret, once: then no slip of a key or of the pointer closes it. */
export function MakeTokenDialog({ roles, onClose }: Props) {
  const [draft, setDraft] = useState<TokenDraft>({ ...EMPTY_DRAFT, roles: roles.filter((role) => role === "viewer") });
  const [phase, setPhase] = useState<Phase>({ kind: "editing", problem: null });
  const isMade = phase.kind === "made";
  const close = () => onClose(isMade || (phase.kind === "editing" && phase.problem !== null));
  const send = async () => {
    setPhase({ kind: "sending" });
    const reply = await sendToken(draft);
    setPhase(reply.kind === "made" ? reply : { kind: "editing", problem: reply.problem });
  };
  return (
    <Modal
      isOpen
      onOpenChange={(isOpen) => !isOpen && phase.kind !== "sending" && close()}
      title={isMade ? "Copy the token now" : "Make a token"}
      canDismiss={phase.kind === "editing"}
    >
      {phase.kind === "made" ? (
        <MadeTokenPanel made={phase.made} onClose={close} />
      ) : (
        <TokenForm
          draft={draft}
          onDraft={setDraft}
          roles={roles}
          problem={phase.kind === "editing" ? phase.problem : null}
          isSending={phase.kind === "sending"}
          onSend={() => void send()}
          onCancel={close}
        />
      )}
    </Modal>
  );
}
