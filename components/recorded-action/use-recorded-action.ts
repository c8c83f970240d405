"use client";

import { useEffect, useRef, useState } from "react";
import type { ApiProblem } from "#components/api/call.ts";
import { newIdempotencyKey, type Recorded, type Reply } from "./send-recorded.ts";

const SETTLING_EVERY_MS = 2000;

export type ActionPhase<R extends Recorded, Other = never> =
  | Other
  | { readonly kind: "editing"; readonly problem: ApiProblem | null }
  | { readonly kind: "sending"; readonly isRepeat: boolean }
  | { readonly kind: "recorded"; readonly record: R }
  | { readonly kind: "lost"; readonly problem: ApiProblem };

type Calls<R extends Recorded, Other> = {
  readonly send: (reason: string, idempotencyKey: string) => Promise<Reply<R, Other>>;
  /** The record as it is now; null where it could not be read. */
  readonly fetchRecord: (id: string) => Promise<R | null>;
};

/**
 * One confirmation of one action. The idempotency key is made with it and kept over every repetition, so that asking again
 * after a lost answer looks the record up instead of acting twice. A record without an outcome is followed until it has one.
 * `before` is what it waits for already.
 */
export function useRecordedAction<R extends Recorded, Other extends { readonly kind: "waiting" } = never>(
  calls: Calls<R, Other>,
  before: Other | null = null,
) {
  const [idempotencyKey] = useState(newIdempotencyKey);
  const [phase, setPhase] = useState<ActionPhase<R, Other>>(before ?? { kind: "editing", problem: null });
  const callsRef = useRef(calls);
  useEffect(() => {
    callsRef.current = calls;
  });

  const send = async (reason: string) => {
    setPhase({ kind: "sending", isRepeat: phase.kind === "lost" });
    const reply = await callsRef.current.send(reason, idempotencyKey);
    setPhase(reply.kind === "declined" ? { kind: "editing", problem: reply.problem } : reply);
  };

  const unsettledId = phase.kind === "recorded" && phase.record.outcome === "unknown" ? phase.record.id : null;
  useEffect(() => {
    if (unsettledId === null) return;
    let isStopped = false;
    const timer = setInterval(() => {
      void callsRef.current.fetchRecord(unsettledId).then((record) => {
        if (!isStopped && record !== null) setPhase({ kind: "recorded", record });
      });
    }, SETTLING_EVERY_MS);
    return () => {
      isStopped = true;
      clearInterval(timer);
    };
  }, [unsettledId]);

  return { phase, send };
}
