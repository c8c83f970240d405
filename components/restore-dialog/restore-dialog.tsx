"use client";

import { useState } from "react";
import { LostAnswer } from "#components/recorded-action/lost-answer.tsx";
import { useKeptReason } from "#components/recorded-action/use-kept-reason.ts";
import { useRecordedAction } from "#components/recorded-action/use-recorded-action.ts";
import { Modal } from "#components/ui/modal.tsx";
import type { UnlockDetail } from "#lib/domain/unlock-view.ts";
import { RestoreForm } from "./restore-form.tsx";
import { RestoreResult } from "./restore-result.tsx";
import { fetchRestore, sendRestore } from "./send-restore.ts";

type Props = {
  readonly unlock: UnlockDetail;
  /** Called when the person is done; `hasRecord` tells that the page has something new to show. */
  readonly onClose: (hasRecord: boolean) => void;
};

/** Puts back what the unlock removed that was on the page when this opened. */
export function RestoreDialog({ unlock: present, onClose }: Props) {
  const [unlock] = useState(present);
  const { phase, send } = useRecordedAction({
    send: (checked, idempotencyKey) => sendRestore(unlock.id, checked, idempotencyKey),
    fetchRecord: (id) => fetchRestore(unlock.id, id),
  });
  const [reason, setReason] = useKeptReason(`restore.${unlock.id}`, phase);
  const isSending = phase.kind === "sending";
  const wasDeclined = phase.kind === "editing" && phase.problem !== null;
  const close = () => onClose(phase.kind === "recorded" || phase.kind === "lost" || wasDeclined);
  const isOver = phase.kind === "recorded" || phase.kind === "lost";
  return (
    <Modal
      isOpen
      onOpenChange={(isOpen) => !isOpen && !isSending && close()}
      title={isOver ? "Put the lock back: outcome" : "Put the lock back"}
      canDismiss={!isSending}
    >
      {(phase.kind === "editing" || (isSending && !phase.isRepeat)) && (
        <RestoreForm
          unlock={unlock}
          reason={reason}
          onReason={setReason}
          problem={phase.kind === "editing" ? phase.problem : null}
          isSending={isSending}
          onSend={(checked) => {
            setReason(checked);
            void send(checked);
          }}
          onCancel={close}
        />
      )}
      {phase.kind === "recorded" && <RestoreResult unlock={unlock} restore={phase.record} onClose={close} />}
      {(phase.kind === "lost" || (isSending && phase.isRepeat)) && (
        <LostAnswer
          what="whether the lock was put back"
          promise="the lock cannot be put back twice"
          problem={phase.kind === "lost" ? phase.problem : null}
          onAskAgain={() => void send(reason)}
          onClose={close}
        />
      )}
    </Modal>
  );
}
