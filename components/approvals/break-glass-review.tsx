"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import type { ApiProblem } from "#components/api/call.ts";
import { DeclinedNotice } from "#components/recorded-action/declined-notice.tsx";
import { Button } from "#components/ui/button.tsx";
import { CommentField } from "./comment-field.tsx";
import { sendReview } from "./send-decision.ts";

/** What somebody else found who looked into it. */
export function BreakGlassReview({ unlockId }: { unlockId: string }) {
  const [comment, setComment] = useState("");
  const [isSending, setIsSending] = useState(false);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const router = useRouter();
  const send = async () => {
    setIsSending(true);
    const reply = await sendReview(unlockId, comment);
    setIsSending(false);
    setProblem(reply.kind === "declined" ? reply.problem : null);
    router.refresh();
  };
  return (
    <div className="flex flex-col items-start gap-3">
      <CommentField
        label="What you found"
        hint="Stays on the record. At least 10 characters."
        comment={comment}
        onComment={setComment}
      />
      {problem !== null && <DeclinedNotice problem={problem}>Not recorded.</DeclinedNotice>}
      <Button look="main" disabled={isSending} onClick={() => void send()}>
        Record the review
      </Button>
    </div>
  );
}
