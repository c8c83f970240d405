"use client";

import { type FormEvent, useRef, useState } from "react";
import type { ApiProblem } from "#components/api/call.ts";
import { Consequences } from "#components/lock/consequences.tsx";
import { DeclinedNotice } from "#components/recorded-action/declined-notice.tsx";
import { ReasonField } from "#components/recorded-action/reason-field.tsx";
import { StatePath } from "#components/recorded-action/state-path.tsx";
import { TextWarnings, UntrustedText } from "#components/text/untrusted-text.tsx";
import { Button } from "#components/ui/button.tsx";
import { Notice } from "#components/ui/notice.tsx";
import type { Lock } from "#lib/domain/lock.ts";
import { checkReason } from "#lib/domain/unlock.ts";
import { chooseConfirmation, isConfirmed, nameAction } from "./confirmation.ts";
import { ConfirmationField } from "./confirmation-field.tsx";
import { useLockWatch } from "./use-lock-watch.ts";

type Props = {
  readonly lock: Lock;
  readonly reason: string;
  readonly onReason: (reason: string) => void;
  readonly recentReasons: readonly string[];
  readonly problem: ApiProblem | null;
  readonly isSending: boolean;
  readonly onSend: (reason: string) => void;
  readonly onCancel: () => void;
};

/** Who and how long, what it does, why, and the proof that this lock is meant. */
export function UnlockForm(props: Props) {
  const { lock, reason, isSending, problem } = props;
  const [typed, setTyped] = useState("");
  const [wasTried, setWasTried] = useState(false);
  const formRef = useRef<HTMLFormElement>(null);
  const watch = useLockWatch(lock);
  const confirmation = chooseConfirmation(lock);
  const verdict = checkReason(reason);
  const isMatching = isConfirmed(confirmation, typed);
  const isReady = verdict.verdict === "ok" && isMatching && !isSending;

  const submit = (event: FormEvent) => {
    event.preventDefault();
    setWasTried(true);
    if (isReady && verdict.verdict === "ok") props.onSend(verdict.reason);
    else if (!isSending)
      formRef.current?.querySelector<HTMLElement>(verdict.verdict === "ok" ? "input" : "textarea")?.focus();
  };
  return (
    <form ref={formRef} onSubmit={submit} className="flex flex-col gap-4 pt-2" noValidate>
      <LockInQuestion lock={lock} />
      {watch !== "same" && <WatchNotice verdict={watch} />}
      <Consequences lock={lock} />
      <ReasonField
        reason={reason}
        onReason={props.onReason}
        recentReasons={props.recentReasons}
        hint="Stays on the record: what you checked, and where."
        problem={wasTried && verdict.verdict === "refused" ? verdict.problem : null}
      />
      <ConfirmationField
        confirmation={confirmation}
        typed={typed}
        onTyped={setTyped}
        problem={wasTried && !isMatching ? "That is not what it says." : null}
      />
      {problem !== null && <DeclinedNotice problem={problem}>Nothing was deleted.</DeclinedNotice>}
      <div className="flex flex-wrap-reverse items-center justify-end gap-2">
        <Button look="quiet" onClick={props.onCancel} disabled={isSending}>
          Cancel
        </Button>
        <Button look="danger" type="submit" aria-disabled={!isReady} className="min-w-0 max-w-full">
          <span className="break-all py-1 text-left">
            {isSending ? "Unlocking, at most 20 s" : nameAction(lock.stateKey)}
          </span>
        </Button>
      </div>
    </form>
  );
}

function WatchNotice({ verdict }: { verdict: "changed" | "gone" }) {
  return (
    <div role="alert">
      <Notice tone="look">
        {verdict === "gone"
          ? "The lock is gone since this opened. There is nothing to unlock."
          : "The lock has changed since this opened. Sending this deletes nothing: close it and look at who holds it now."}
      </Notice>
    </div>
  );
}

function LockInQuestion({ lock }: { lock: Lock }) {
  return (
    <div className="flex flex-col gap-1">
      <StatePath bucket={lock.bucket} stateKey={lock.stateKey} />
      <p>
        <UntrustedText text={lock.summary} />
        {lock.who !== null && <TextWarnings text={lock.who} />}
      </p>
      {lock.isLastKnown && (
        <p className="text-look text-sm">
          This is the last known lock: its source could not be read since. It is read afresh before anything is deleted.
        </p>
      )}
    </div>
  );
}
