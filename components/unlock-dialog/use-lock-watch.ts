"use client";

import { useEffect, useState } from "react";
import { readJson } from "#components/api/call.ts";
import type { Lock } from "#lib/domain/lock.ts";

const EVERY_MS = 5000;
const SEARCHED_LENGTH_MAX = 150;

export type WatchVerdict = "same" | "changed" | "gone";
type Watched = Pick<Lock, "key" | "fingerprint" | "stateKey">;

/** Whether a lock is still the one that was shown, while a person writes why it should go. */
export function useLockWatch({ key, fingerprint, stateKey }: Watched): WatchVerdict {
  const [verdict, setVerdict] = useState<WatchVerdict>("same");
  useEffect(() => {
    const abort = new AbortController();
    const timer = setInterval(() => {
      void searchPath(stateKey, abort.signal).then((locks) => {
        if (locks !== null && !abort.signal.aborted) setVerdict(judge(locks, { key, fingerprint, stateKey }));
      });
    }, EVERY_MS);
    return () => {
      clearInterval(timer);
      abort.abort();
    };
  }, [key, fingerprint, stateKey]);
  return verdict;
}

/** Only a plain path is sure to be found by a search, so only then is a lock that is not found gone. */
export function judge(locks: readonly Pick<Lock, "key" | "fingerprint">[], watched: Watched): WatchVerdict {
  const present = locks.find((lock) => lock.key === watched.key);
  if (present !== undefined) return present.fingerprint === watched.fingerprint ? "same" : "changed";
  return /^[\x21-\x7e]+$/.test(watched.stateKey) ? "gone" : "same";
}

/** The locks whose path has this in it; null where it cannot be told now. The list has no 404 for a lock that is gone. */
export async function searchPath(stateKey: string, signal: AbortSignal): Promise<readonly Lock[] | null> {
  const query = new URLSearchParams({ q: stateKey.slice(-SEARCHED_LENGTH_MAX), limit: "1000" });
  try {
    const response = await fetch(`/api/v1/locks?${query}`, { cache: "no-store", signal });
    if (!response.ok) return null;
    const { locks, nextCursor } = await readJson<{ locks: readonly Lock[]; nextCursor: string | null }>(response);
    return nextCursor === null ? locks : null;
  } catch {
    return null;
  }
}
