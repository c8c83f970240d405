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
import type { UnlockTermsView } from "#lib/domain/approval-view.ts";
import type { Lock } from "#lib/domain/lock.ts";
import { checkReason, type ReasonVerdict } from "#lib/domain/unlock.ts";
import { findMissingTicket } from "./check-ticket.ts";
import { isConfirmed } from "./confirmation.ts";
import { ConfirmationField } from "./confirmation-field.tsx";
import { TermsList } from "./terms-list.tsx";
import { confirmationOf, nameMode, type UnlockMode } from "./unlock-mode.ts";
import { useLockWatch } from "./use-lock-watch.ts";

type Props = {
  readonly lock: Lock;
  readonly terms: UnlockTermsView | null;
  readonly mode: UnlockMode;
  readonly reason: string;
  readonly onReason: (reason: string) => void;
  readonly recentReasons: readonly string[];
  readonly problem: ApiProblem | null;
  readonly isSending: boolean;
  readonly onSend: (reason: string) => void;
  /** Null where the glass cannot be broken, or is being. */
  readonly onBreakGlass: (() => void) | null;
  readonly onCancel: () => void;
};

/** Who and how long, what it does, why, and the proof that this lock is meant. */
export function UnlockForm(props: Props) {
  const { lock, terms, mode, reason, isSending, problem } = props;
  const [typed, setTyped] = useState("");
  const [wasTried, setWasTried] = useState(false);
  const formRef = useRef<HTMLFormElement>(null);
  const watch = useLockWatch(lock);
  const confirmation = confirmationOf(mode, lock);
  const verdict = judgeReason(terms, reason);
  const isMatching = confirmation === null || isConfirmed(confirmation, typed);
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
      {mode === "break_glass" && <GlassNotice skipped={terms?.breakGlass ?? []} />}
      <Consequences lock={lock} />
      {terms !== null && <TermsList terms={terms} except={mode === "break_glass" ? (terms.breakGlass ?? []) : []} />}
      <ReasonField
        reason={reason}
        onReason={props.onReason}
        recentReasons={props.recentReasons}
        hint="Stays on the record: what you checked, and where."
        problem={wasTried && verdict.verdict === "refused" ? verdict.problem : null}
      />
      {confirmation !== null && (
        <ConfirmationField
          confirmation={confirmation}
          typed={typed}
          onTyped={setTyped}
          problem={wasTried && !isMatching ? "That is not what it says." : null}
        />
      )}
      {problem !== null && <DeclinedNotice problem={problem}>Nothing was deleted.</DeclinedNotice>}
      <div className="flex flex-wrap-reverse items-center justify-end gap-2">
        {props.onBreakGlass !== null && (
          <Button look="alert" onClick={props.onBreakGlass} disabled={isSending} className="mr-auto">
            Break the glass
          </Button>
        )}
        <Button look="quiet" onClick={props.onCancel} disabled={isSending}>
          {mode === "break_glass" ? "Back" : "Cancel"}
        </Button>
        <Button
          look={mode === "ask" ? "main" : "danger"}
          type="submit"
          aria-disabled={!isReady}
          className="min-w-0 max-w-full"
        >
          <span className="break-all py-1 text-left">{isSending ? SENDING[mode] : nameMode(mode, lock.stateKey)}</span>
        </Button>
      </div>
    </form>
  );
}

const SENDING: Readonly<Record<UnlockMode, string>> = {
  unlock: "Unlocking, at most 20 s",
  ask: "Asking",
  break_glass: "Unlocking, at most 20 s",
};

/** A reason must say enough, and name the tickets that the rules ask for. */
function judgeReason(terms: UnlockTermsView | null, reason: string): ReasonVerdict {
  const verdict = checkReason(reason);
  const missing = verdict.verdict === "ok" ? findMissingTicket(terms, verdict.reason) : null;
  return missing === null ? verdict : { verdict: "refused", problem: missing };
}

function GlassNotice({ skipped }: { skipped: readonly string[] }) {
  return (
    <Notice tone="broken">
      <strong className="font-semibold">This goes past what is there to protect the run.</strong> It is told at once to
      everybody who may see this lock, on every page, until somebody else has reviewed it. It skips:
      <ul className="list-disc pl-5">
        {skipped.map((text) => (
          <li key={text}>
            <UntrustedText text={text} />
          </li>
        ))}
      </ul>
    </Notice>
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
