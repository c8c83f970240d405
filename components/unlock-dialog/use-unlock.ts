"use client";

import { useEffect, useState } from "react";
import type { ApiProblem } from "#components/api/call.ts";
import type { Lock } from "#lib/domain/lock.ts";
import type { UnlockView } from "#lib/domain/unlock-view.ts";
import { fetchUnlock, newIdempotencyKey, sendUnlock } from "./send-unlock.ts";

const SETTLING_EVERY_MS = 2000;

export type UnlockPhase =
  | { readonly kind: "editing"; readonly problem: ApiProblem | null }
  | { readonly kind: "sending"; readonly isRepeat: boolean }
  | { readonly kind: "recorded"; readonly record: UnlockView }
  | { readonly kind: "lost"; readonly problem: ApiProblem };

/**
 * One confirmation of one lock. The idempotency key is made with it and kept over every repetition, so that asking again
 * after a lost answer looks the record up instead of unlocking twice.
 */
export function useUnlock(lock: Lock) {
  const [idempotencyKey] = useState(newIdempotencyKey);
  const [phase, setPhase] = useState<UnlockPhase>({ kind: "editing", problem: null });

  const send = async (reason: string) => {
    setPhase({ kind: "sending", isRepeat: phase.kind === "lost" });
    const { key, lockId, fingerprint } = lock;
    const reply = await sendUnlock({ key, lockId, fingerprint, reason }, idempotencyKey);
    setPhase(reply.kind === "declined" ? { kind: "editing", problem: reply.problem } : reply);
  };

  const unsettledId = phase.kind === "recorded" && phase.record.outcome === "unknown" ? phase.record.id : null;
  useEffect(() => {
    if (unsettledId === null) return;
    let isStopped = false;
    const timer = setInterval(() => {
      void fetchUnlock(unsettledId).then((record) => {
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
