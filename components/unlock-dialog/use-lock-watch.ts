"use client";

import { useEffect, useState } from "react";
import { isRecord } from "#components/api/call.ts";
import type { Lock } from "#lib/domain/lock.ts";

const EVERY_MS = 5000;

export type WatchVerdict = "same" | "changed" | "gone";

/** Whether a lock is still the one that was shown, while a person writes why it should go. */
export function useLockWatch({ key, fingerprint }: Pick<Lock, "key" | "fingerprint">): WatchVerdict {
  const [verdict, setVerdict] = useState<WatchVerdict>("same");
  useEffect(() => {
    const abort = new AbortController();
    const timer = setInterval(() => {
      void lookAt(key, fingerprint, abort.signal).then((now) => {
        if (now !== null && !abort.signal.aborted) setVerdict(now);
      });
    }, EVERY_MS);
    return () => {
      clearInterval(timer);
      abort.abort();
    };
  }, [key, fingerprint]);
  return verdict;
}

/** Null where it cannot be told now: then the last verdict stands. */
async function lookAt(key: string, fingerprint: string, signal: AbortSignal): Promise<WatchVerdict | null> {
  try {
    const response = await fetch(`/api/v1/locks/${key}`, { cache: "no-store", signal });
    if (response.status === 404) return "gone";
    const body: unknown = await response.json();
    if (!response.ok || !isRecord(body)) return null;
    return body["fingerprint"] === fingerprint ? "same" : "changed";
  } catch {
    return null;
  }
}
