"use client";

import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";
import { Notice } from "#components/ui/notice.tsx";

type Props = { readonly everyMs?: number };

/**
 * Renders the page again every few seconds, while it is looked at and no dialog is open. It asks first whether the server is
 * ready: a refresh without an answer would leave the page, and lose what is known.
 */
export function LivePage({ everyMs = 5000 }: Props) {
  const router = useRouter();
  const [isLost, setIsLost] = useState(false);

  useEffect(() => {
    const abort = new AbortController();
    const timer = setInterval(() => {
      if (!isLookedAt()) return;
      void isServerReady(abort.signal).then((isReady) => {
        if (abort.signal.aborted) return;
        setIsLost(!isReady);
        if (isReady && isLookedAt()) router.refresh();
      });
    }, everyMs);
    return () => {
      clearInterval(timer);
      abort.abort();
    };
  }, [everyMs, router]);

  if (!isLost) return null;
  return (
    <div role="alert" className="mb-3">
      <Notice tone="look">Not refreshed: Lockkeeper does not answer. What you see is what was known before.</Notice>
    </div>
  );
}

function isLookedAt(): boolean {
  return document.visibilityState === "visible" && document.querySelector("[data-modal]") === null;
}

async function isServerReady(signal: AbortSignal): Promise<boolean> {
  try {
    return (await fetch("/readyz", { cache: "no-store", signal })).ok;
  } catch {
    return false;
  }
}
