import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";

/**
 * Renders the page and the frame around it again every so often and when its tab is seen again, while it is looked at and no
 * dialog is open. It asks first whether the server is ready: a refresh without an answer would leave the page, and lose what is
 * known. True while it got no answer.
 */
export function usePageRefresh(everyMs: number): boolean {
  const router = useRouter();
  const [isLost, setIsLost] = useState(false);

  useEffect(() => {
    const abort = new AbortController();
    const { signal } = abort;
    const refresh = async () => {
      if (!isLookedAt()) return;
      const isReady = await isServerReady(signal);
      if (signal.aborted) return;
      setIsLost(!isReady);
      if (isReady && isLookedAt()) router.refresh();
    };
    const timer = setInterval(() => void refresh(), everyMs);
    document.addEventListener("visibilitychange", () => void refresh(), { signal });
    return () => {
      clearInterval(timer);
      abort.abort();
    };
  }, [everyMs, router]);

  return isLost;
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
