"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import type { ApiProblem } from "#components/api/call.ts";
import { DeclinedNotice } from "#components/recorded-action/declined-notice.tsx";
import { UntrustedText } from "#components/text/untrusted-text.tsx";
import { Button } from "#components/ui/button.tsx";
import { Section } from "#components/ui/section.tsx";
import { isOpenState } from "#lib/domain/approval.ts";
import type { ApprovalDetail } from "#lib/domain/approval-view.ts";
import { makeVisible } from "#lib/domain/display-text.ts";
import { CommentField } from "./comment-field.tsx";
import { type Decision, sendDecision } from "./send-decision.ts";

/**
 * What the reader can do about an open request: decide it, withdraw it, or read why neither. Why a decision of theirs did not count
 * stays when the request is over by then.
 */
export function ApprovalDecision({ approval }: { approval: ApprovalDetail }) {
  const { id, state, stateKey, isYours, canDecide, cannotDecide } = approval;
  const [comment, setComment] = useState("");
  const [sending, setSending] = useState<Decision | null>(null);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const router = useRouter();
  const send = async (decision: Decision) => {
    setSending(decision);
    setProblem(null);
    const reply = await sendDecision(id, decision, comment);
    setSending(null);
    setProblem(reply.kind === "declined" ? reply.problem : null);
    router.refresh();
  };
  const name = makeVisible(stateKey, { maxLength: 200 });
  const title = canDecide ? "Your decision" : "Decision";
  const declined = problem !== null && <DeclinedNotice problem={problem}>Nothing was decided.</DeclinedNotice>;
  if (!isOpenState(state)) return declined && <Section title={title}>{declined}</Section>;
  if (!canDecide && !isYours)
    return (
      <Section title={title}>
        <p className="text-muted text-sm">{cannotDecide}</p>
      </Section>
    );
  return (
    <Section title={title}>
      <div className="flex flex-col gap-3">
        {isYours && cannotDecide !== null && (
          <p className="text-muted text-sm">
            <UntrustedText text={cannotDecide} />
          </p>
        )}
        <CommentField
          label="Comment"
          hint={canDecide ? "Stays on the record. A denial needs at least 10 characters." : "Stays on the record."}
          comment={comment}
          onComment={setComment}
        />
        {declined}
        <div className="flex flex-wrap gap-2">
          {canDecide && state === "pending" && (
            <Button look="main" disabled={sending !== null} onClick={() => void send("approve")} className="max-w-full">
              <span className="break-all py-1 text-left">
                {sending === "approve" ? "Reading the lock again" : `Approve the unlock of ${name}`}
              </span>
            </Button>
          )}
          {canDecide && (
            <Button look="plain" disabled={sending !== null} onClick={() => void send("deny")}>
              {state === "approved" ? "Take the approval back" : "Deny it"}
            </Button>
          )}
          {isYours && (
            <Button look="plain" disabled={sending !== null} onClick={() => void send("withdraw")}>
              Withdraw the request
            </Button>
          )}
        </div>
      </div>
    </Section>
  );
}
