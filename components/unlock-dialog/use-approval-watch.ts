"use client";

import { useEffect, useState } from "react";
import { fetchApproval } from "#components/approvals/send-decision.ts";
import { isOpenState } from "#lib/domain/approval.ts";
import type { ApprovalView } from "#lib/domain/approval-view.ts";

const EVERY_MS = 2000;

/** A request as it is now, asked for again until it has ended. */
export function useApprovalWatch<View extends ApprovalView>(known: View): ApprovalView {
  const [approval, setApproval] = useState<ApprovalView>(known);
  const { id } = known;
  const isOpen = isOpenState(approval.state);
  useEffect(() => {
    if (!isOpen) return;
    const abort = new AbortController();
    const timer = setInterval(() => {
      void fetchApproval(id, abort.signal).then((found) => {
        if (found !== null && !abort.signal.aborted) setApproval(found);
      });
    }, EVERY_MS);
    return () => {
      clearInterval(timer);
      abort.abort();
    };
  }, [id, isOpen]);
  return approval;
}
