"use client";

import { useEffect, useState } from "react";
import { searchPath } from "#components/unlock-dialog/use-lock-watch.ts";
import type { HolderNow } from "#lib/domain/unlock.ts";
import type { UnlockView } from "#lib/domain/unlock-view.ts";

const EVERY_MS = 1000;
const ATTEMPTS_MAX = 20;

/** Who holds the lock of this path now. Its sources are swept anew after an attempt, so it may take a moment until it is known. */
export function useHolderNow({ key, stateKey }: Pick<UnlockView, "key" | "stateKey">, isWanted: boolean) {
  const [holder, setHolder] = useState<HolderNow | null>(null);
  const isOpen = isWanted && holder === null;
  useEffect(() => {
    if (!isOpen) return;
    const abort = new AbortController();
    let attempts = 0;
    const timer = setInterval(() => {
      attempts += 1;
      if (attempts >= ATTEMPTS_MAX) clearInterval(timer);
      void searchPath(stateKey, abort.signal).then((locks) => {
        const lock = locks?.find((candidate) => candidate.key === key);
        if (lock !== undefined && !abort.signal.aborted) setHolder(lock);
      });
    }, EVERY_MS);
    return () => {
      clearInterval(timer);
      abort.abort();
    };
  }, [isOpen, key, stateKey]);
  return holder;
}
