"use client";

import { useEffect, useRef } from "react";
import type { ApiProblem } from "#components/api/call.ts";
import { Button } from "#components/ui/button.tsx";
import { Notice } from "#components/ui/notice.tsx";

type Props = {
  /** Such as "whether the lock was removed". */
  readonly what: string;
  /** Such as "the lock cannot be deleted twice". */
  readonly promise: string;
  /** Null while it is being asked again. */
  readonly problem: ApiProblem | null;
  readonly onAskAgain: () => void;
  readonly onClose: () => void;
};

/** No answer came. What is known, and how to find out. */
export function LostAnswer({ what, promise, problem, onAskAgain, onClose }: Props) {
  const noticeRef = useRef<HTMLDivElement>(null);
  useEffect(() => noticeRef.current?.focus(), []);
  return (
    <div className="flex flex-col gap-4 pt-2">
      <div role="alert" ref={noticeRef} tabIndex={-1} className="outline-none">
        <Notice tone="look">
          <strong className="font-semibold">It is not known {what}.</strong>{" "}
          {problem === null ? "Asking again." : problem.message}
        </Notice>
      </div>
      <p className="text-sm">
        If the request arrived, its record has the outcome. Ask again to look it up: it is the same request with the
        same key, so {promise}. If it never arrived, asking again carries it out.
      </p>
      <div className="flex flex-wrap justify-end gap-2">
        <Button look="quiet" onClick={onClose} disabled={problem === null}>
          Close
        </Button>
        <Button onClick={onAskAgain} disabled={problem === null}>
          {problem === null ? "Asking" : "Ask again"}
        </Button>
      </div>
    </div>
  );
}
