"use client";

import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";
import { Notice } from "#components/ui/notice.tsx";

type Props = {
  /** Where the API has what this page shows. */
  readonly url: string;
  readonly everyMs?: number;
};

/**
 * Renders the page again when what it shows has changed, while it is looked at and no dialog is open. It asks the API first:
 * a refresh of the page itself would leave it when the server does not answer, and lose what is known.
 */
export function LivePage({ url, everyMs = 5000 }: Props) {
  const router = useRouter();
  const [isLost, setIsLost] = useState(false);

  useEffect(() => {
    const abort = new AbortController();
    let last: string | null = null;
    const look = async () => {
      const now = await readFacts(url, abort.signal);
      if (abort.signal.aborted) return;
      setIsLost(now === null);
      if (now !== null && last !== null && now !== last) router.refresh();
      last = now ?? last;
    };
    const timer = setInterval(() => {
      const isLookedAt = document.visibilityState === "visible" && document.querySelector("[data-modal]") === null;
      if (isLookedAt) void look();
    }, everyMs);
    void look();
    return () => {
      clearInterval(timer);
      abort.abort();
    };
  }, [url, everyMs, router]);

  if (!isLost) return null;
  return (
    <div role="alert" className="mb-3">
      <Notice tone="look">Not refreshed: Lockkeeper does not answer. What you see is what was known before.</Notice>
    </div>
  );
}

/** The answer without what only time changes; null where there is none. */
async function readFacts(url: string, signal: AbortSignal): Promise<string | null> {
  try {
    const response = await fetch(url, { cache: "no-store", signal });
    const text = await response.text();
    if (response.status >= 500) return null;
    return response.ok ? text.replace(/"ageMs":\d+/g, "") : `status ${response.status}`;
  } catch {
    return null;
  }
}
