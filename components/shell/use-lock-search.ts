"use client";

import { useEffect, useState } from "react";
import { readJson } from "#components/api/call.ts";
import type { Lock } from "#lib/domain/lock.ts";

const PAUSE_MS = 120;
const NOTHING: readonly Lock[] = [];

type Found = { readonly text: string; readonly locks: readonly Lock[] };

/** The first locks the API finds for a text, once the typing pauses; null searches nothing. */
export function useLockSearch(text: string | null): { readonly locks: readonly Lock[]; readonly isSearching: boolean } {
  const [found, setFound] = useState<Found>({ text: "", locks: NOTHING });

  useEffect(() => {
    if (text === null) return;
    const abort = new AbortController();
    const timer = setTimeout(() => {
      void searchLocks(text, abort.signal).then((locks) => {
        if (!abort.signal.aborted) setFound({ text, locks });
      });
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [text]);

  return text === null
    ? { locks: NOTHING, isSearching: false }
    : { locks: found.locks, isSearching: found.text !== text };
}

async function searchLocks(text: string, signal: AbortSignal): Promise<readonly Lock[]> {
  try {
    const response = await fetch(`/api/v1/locks?limit=12&q=${encodeURIComponent(text)}`, { signal });
    return response.ok ? (await readJson<{ locks: readonly Lock[] }>(response)).locks : NOTHING;
  } catch {
    return NOTHING;
  }
}
