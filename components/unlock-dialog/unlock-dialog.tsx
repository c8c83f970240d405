"use client";

import { useEffect, useState } from "react";
import { LostAnswer } from "#components/recorded-action/lost-answer.tsx";
import { useKeptReason } from "#components/recorded-action/use-kept-reason.ts";
import { useRecordedAction } from "#components/recorded-action/use-recorded-action.ts";
import { Modal } from "#components/ui/modal.tsx";
import type { ApprovalView, UnlockTermsView } from "#lib/domain/approval-view.ts";
import type { Lock } from "#lib/domain/lock.ts";
import { ApprovalWait } from "./approval-wait.tsx";
import { fetchUnlock, sendUnlock } from "./send-unlock.ts";
import { UnlockForm } from "./unlock-form.tsx";
import { modeOf, type UnlockMode } from "./unlock-mode.ts";
import { UnlockResult } from "./unlock-result.tsx";

type Props = {
  readonly lock: Lock;
  /** What the policies ask; null where none applies. */
  readonly terms: UnlockTermsView | null;
  readonly recentReasons: readonly string[];
  /** Called when the person is done; `hasRecord` tells that the page shows what was. */
  readonly onClose: (hasRecord: boolean) => void;
};

/** Force-unlock of exactly the lock that was on the page when this opened, however the page goes on. */
export function UnlockDialog({ lock: present, terms: presentTerms, recentReasons, onClose }: Props) {
  const [{ lock, terms }] = useState({ lock: present, terms: presentTerms });
  const [mode, setMode] = useState<UnlockMode>(modeOf(terms));
  const { asked, setAsked, before } = useAsked(terms, lock);
  const { key, lockId, fingerprint } = lock;
  const isBreaking = mode === "break_glass";
  const { phase, send } = useRecordedAction(
    {
      send: (reason, idempotencyKey) =>
        sendUnlock({ key, lockId, fingerprint, reason, ...(isBreaking && { breakGlass: true }) }, idempotencyKey),
      fetchRecord: fetchUnlock,
    },
    before,
  );
  const [reason, setReason] = useKeptReason(`unlock.${fingerprint}`, phase);
  useEffect(() => {
    if (phase.kind === "waiting") setAsked(phase.approval);
  }, [phase, setAsked]);

  const isSending = phase.kind === "sending";
  const isOver = phase.kind === "recorded" || phase.kind === "lost" || (isSending && phase.isRepeat);
  const approval = isBreaking ? null : phase.kind === "waiting" ? phase.approval : asked;
  const close = () => onClose(phase.kind === "recorded" || phase.kind === "lost" || approval !== null);
  const start = (checked: string) => {
    setReason(checked);
    void send(checked);
  };
  const shared = { lock, problem: phase.kind === "editing" ? phase.problem : null, isSending, onSend: start };
  const breakGlass = terms?.breakGlass ?? null;
  return (
    <Modal
      isOpen
      onOpenChange={(isOpen) => !isOpen && !isSending && close()}
      title={titleOf(mode, { isOver: phase.kind === "recorded" || phase.kind === "lost", isAsked: approval !== null })}
      canDismiss={!isSending}
    >
      {!isOver && approval !== null && (
        <ApprovalWait
          {...shared}
          approval={approval}
          approvers={terms?.approvers ?? []}
          onBreakGlass={breakGlass === null ? null : () => setMode("break_glass")}
          onClose={close}
        />
      )}
      {!isOver && approval === null && (
        <UnlockForm
          {...shared}
          key={mode}
          terms={terms}
          mode={mode}
          reason={reason}
          onReason={setReason}
          recentReasons={recentReasons}
          onBreakGlass={breakGlass === null || isBreaking ? null : () => setMode("break_glass")}
          onCancel={isBreaking ? () => setMode(modeOf(terms)) : close}
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

/** The request that this person has for this lock, from before this opened or asked for here. */
function useAsked(terms: UnlockTermsView | null, { fingerprint }: Lock) {
  const known = terms?.approval?.fingerprint === fingerprint ? terms.approval : null;
  const [asked, setAsked] = useState<ApprovalView | null>(known);
  return { asked, setAsked, before: known === null ? null : ({ kind: "waiting", approval: known } as const) };
}

function titleOf(mode: UnlockMode, { isOver, isAsked }: { isOver: boolean; isAsked: boolean }): string {
  if (isOver) return "Force-unlock: outcome";
  if (isAsked) return "Force-unlock: approval";
  return mode === "break_glass" ? "Break the glass" : "Force-unlock";
}
