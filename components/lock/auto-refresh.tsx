"use client";

import { useRouter } from "next/navigation";
import { useEffect } from "react";

/** Renders the page again every few seconds while it is looked at, and not under an open dialog. */
export function AutoRefresh({ everyMs = 5000 }: { everyMs?: number }) {
  const router = useRouter();
  useEffect(() => {
    const timer = setInterval(() => {
      const isLookedAt = document.visibilityState === "visible" && document.querySelector("[data-modal]") === null;
      if (isLookedAt) router.refresh();
    }, everyMs);
    return () => clearInterval(timer);
  }, [router, everyMs]);
  return null;
}
