"use client";

import Link from "next/link";
import { type FormEvent, useEffect, useRef, useState } from "react";
import type { ApiProblem } from "#components/api/call.ts";
import { ApprovalMark } from "#components/approvals/approval-mark.tsx";
import { describeApprovalState } from "#components/approvals/approval-words.ts";
import { ApproverNames } from "#components/approvals/approver-names.tsx";
import { DeclinedNotice } from "#components/recorded-action/declined-notice.tsx";
import { StatePath } from "#components/recorded-action/state-path.tsx";
import { UntrustedText } from "#components/text/untrusted-text.tsx";
import { TimeLeft } from "#components/time/time-left.tsx";
import { Button } from "#components/ui/button.tsx";
import { isOpenState } from "#lib/domain/approval.ts";
import type { ApprovalView } from "#lib/domain/approval-view.ts";
import type { Lock } from "#lib/domain/lock.ts";
import { chooseConfirmation, isConfirmed, nameAction } from "./confirmation.ts";
import { ConfirmationField } from "./confirmation-field.tsx";
import { useApprovalWatch } from "./use-approval-watch.ts";

type Props = {
  readonly lock: Lock;
  readonly approval: ApprovalView;
  readonly approvers: readonly string[];
  readonly problem: ApiProblem | null;
  readonly isSending: boolean;
  /** Carries out what was approved, for the reason that was approved. */
  readonly onSend: (reason: string) => void;
  readonly onBreakGlass: (() => void) | null;
  readonly onClose: () => void;
};

/** Who must approve it and how long it waits, live; then the unlock itself, with its confirmation. */
export function ApprovalWait(props: Props) {
  const { lock, approvers, onClose } = props;
  const approval = useApprovalWatch(props.approval);
  const headingRef = useRef<HTMLHeadingElement>(null);
  // The request comes where the form was: the focus goes with it, and so does a screen reader.
  useEffect(() => headingRef.current?.focus(), []);
  const isOpen = isOpenState(approval.state);
  return (
    <div className="flex flex-col gap-4 pt-2">
      <StatePath bucket={lock.bucket} stateKey={lock.stateKey} />
      <div aria-live="polite" className="flex flex-col gap-1">
        <h3 ref={headingRef} tabIndex={-1} className="font-semibold text-base outline-none">
          <ApprovalMark state={approval.state} />
        </h3>
        <p>{describeApprovalState(approval.state).sentence}</p>
        {approval.state === "pending" && (
          <p>
            Who may approve it: <ApproverNames names={approvers} />.
          </p>
        )}
        <Answer approval={approval} />
        {isOpen && (
          <p className="text-muted text-sm">
            It expires in <TimeLeft iso={approval.expiresAt} />, and is void as soon as the lock changes. It goes on
            waiting when you close this.
          </p>
        )}
        <p className="text-sm">
          “<UntrustedText text={approval.reason} />”
        </p>
      </div>
      {approval.state === "approved" ? (
        <CarryOut {...props} approval={approval} />
      ) : (
        <div className="flex flex-wrap items-center justify-between gap-2">
          <Link href={`/approvals/${approval.id}`} className="text-accent text-sm underline">
            The request, to send to somebody
          </Link>
          <span className="flex flex-wrap gap-2">
            {approval.state === "pending" && props.onBreakGlass !== null && (
              <Button look="alert" onClick={props.onBreakGlass}>
                Break the glass
              </Button>
            )}
            <Button onClick={onClose}>Close</Button>
          </span>
        </div>
      )}
    </div>
  );
}

function Answer({ approval: { state, approvedBy, comment, endedBy, endNote } }: { approval: ApprovalView }) {
  const isDenial = state === "denied";
  const who = isDenial ? endedBy : approvedBy;
  const said = isDenial || state === "void" ? endNote : comment;
  return (
    <>
      {(state === "approved" || isDenial) && who !== null && (
        <p>
          {isDenial ? "By" : "Approved by"} <UntrustedText text={who} className="font-medium" />.
        </p>
      )}
      {said !== null && (
        <p>
          “<UntrustedText text={said} />”
        </p>
      )}
    </>
  );
}

function CarryOut({ lock, approval, problem, isSending, onSend, onClose }: Props) {
  const [typed, setTyped] = useState("");
  const [wasTried, setWasTried] = useState(false);
  const confirmation = chooseConfirmation(lock);
  const isMatching = isConfirmed(confirmation, typed);
  const isReady = isMatching && !isSending;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setWasTried(true);
    if (isReady) onSend(approval.reason);
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-4" noValidate>
      <ConfirmationField
        confirmation={confirmation}
        typed={typed}
        onTyped={setTyped}
        problem={wasTried && !isMatching ? "That is not what it says." : null}
      />
      {problem !== null && <DeclinedNotice problem={problem}>Nothing was deleted.</DeclinedNotice>}
      <div className="flex flex-wrap-reverse items-center justify-end gap-2">
        <Button look="quiet" onClick={onClose} disabled={isSending}>
          Not now
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
