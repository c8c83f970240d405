"use client";

import { type FormEvent, useRef, useState } from "react";
import type { ApiProblem } from "#components/api/call.ts";
import { DeclinedNotice } from "#components/recorded-action/declined-notice.tsx";
import { ReasonField } from "#components/recorded-action/reason-field.tsx";
import { StatePath } from "#components/recorded-action/state-path.tsx";
import { TimeLeft, useHasCome } from "#components/time/time-left.tsx";
import { Button } from "#components/ui/button.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { checkReason } from "#lib/domain/unlock.ts";
import type { UnlockDetail } from "#lib/domain/unlock-view.ts";
import { RestoreTerms } from "./restore-terms.tsx";
import { nameRestore } from "./restore-words.ts";

type Props = {
  readonly unlock: UnlockDetail;
  readonly reason: string;
  readonly onReason: (reason: string) => void;
  readonly problem: ApiProblem | null;
  readonly isSending: boolean;
  readonly onSend: (reason: string) => void;
  readonly onCancel: () => void;
};

/** What it does, until when it can be done, and why it should be. */
export function RestoreForm({ unlock, reason, onReason, problem, isSending, onSend, onCancel }: Props) {
  const [wasTried, setWasTried] = useState(false);
  const formRef = useRef<HTMLFormElement>(null);
  const isOver = useHasCome(unlock.restore.untilAt);
  const verdict = checkReason(reason);
  const isReady = verdict.verdict === "ok" && !isSending;

  const submit = (event: FormEvent) => {
    event.preventDefault();
    setWasTried(true);
    if (verdict.verdict === "ok" && isReady) onSend(verdict.reason);
    else if (!isSending) formRef.current?.querySelector<HTMLElement>("textarea")?.focus();
  };
  return (
    <form ref={formRef} onSubmit={submit} className="flex flex-col gap-4 pt-2" noValidate>
      <StatePath bucket={unlock.bucket} stateKey={unlock.stateKey} />
      <RestoreTerms unlock={unlock} />
      {isOver ? (
        <div role="alert">
          <Notice tone="look">The time in which it could be put back is over.</Notice>
        </div>
      ) : (
        unlock.restore.untilAt !== null && (
          <p className="text-sm">
            <TimeLeft iso={unlock.restore.untilAt} /> left to do it.
          </p>
        )
      )}
      <ReasonField
        reason={reason}
        onReason={onReason}
        hint="Stays on the record: why the lock should be there again."
        problem={wasTried && verdict.verdict === "refused" ? verdict.problem : null}
      />
      {problem !== null && <DeclinedNotice problem={problem}>The lock was not put back.</DeclinedNotice>}
      <div className="flex flex-wrap-reverse items-center justify-end gap-2">
        <Button look="quiet" onClick={onCancel} disabled={isSending}>
          Cancel
        </Button>
        <Button look="main" type="submit" aria-disabled={!isReady} className="min-w-0 max-w-full">
          <span className="break-all py-1 text-left">
            {isSending ? "Putting it back, at most a minute" : nameRestore(unlock.stateKey)}
          </span>
        </Button>
      </div>
    </form>
  );
}
