"use client";

import { useState } from "react";
import { LostAnswer } from "#components/recorded-action/lost-answer.tsx";
import { useRecordedAction } from "#components/recorded-action/use-recorded-action.ts";
import { Modal } from "#components/ui/modal.tsx";
import type { Lock } from "#lib/domain/lock.ts";
import { fetchUnlock, sendUnlock } from "./send-unlock.ts";
import { UnlockForm } from "./unlock-form.tsx";
import { UnlockResult } from "./unlock-result.tsx";

type Props = {
  readonly lock: Lock;
  readonly recentReasons: readonly string[];
  /** Called when the person is done; `hasRecord` tells that the page shows what was. */
  readonly onClose: (hasRecord: boolean) => void;
};

/** Force-unlock of exactly the lock that was on the page when this opened, however the page goes on. */
export function UnlockDialog({ lock: present, recentReasons, onClose }: Props) {
  const [lock] = useState(present);
  const [reason, setReason] = useState("");
  const { key, lockId, fingerprint } = lock;
  const { phase, send } = useRecordedAction({
    send: (reason, idempotencyKey) => sendUnlock({ key, lockId, fingerprint, reason }, idempotencyKey),
    fetchRecord: fetchUnlock,
  });
  const isSending = phase.kind === "sending";
  const close = () => onClose(phase.kind === "recorded" || phase.kind === "lost");
  const title = phase.kind === "recorded" || phase.kind === "lost" ? "Force-unlock: outcome" : "Force-unlock";
  return (
    <Modal isOpen onOpenChange={(isOpen) => !isOpen && !isSending && close()} title={title} canDismiss={!isSending}>
      {(phase.kind === "editing" || (isSending && !phase.isRepeat)) && (
        <UnlockForm
          lock={lock}
          reason={reason}
          onReason={setReason}
          recentReasons={recentReasons}
          problem={phase.kind === "editing" ? phase.problem : null}
          isSending={isSending}
          onSend={(checked) => {
            setReason(checked);
            void send(checked);
          }}
          onCancel={close}
        />
      )}
      {phase.kind === "recorded" && <UnlockResult record={phase.record} onClose={close} />}
      {(phase.kind === "lost" || (isSending && phase.isRepeat)) && (
        <LostAnswer
          what="whether the lock was removed"
          promise="the lock cannot be deleted twice"
          problem={phase.kind === "lost" ? phase.problem : null}
          onAskAgain={() => void send(reason)}
          onClose={close}
        />
      )}
    </Modal>
  );
}
