"use client";

import { Notice } from "#components/ui/notice.tsx";
import { usePageRefresh } from "#components/ui/use-page-refresh.ts";

type Props = { readonly everyMs?: number };

/** Keeps a page fresh, and says when that fails. */
export function LivePage({ everyMs = 5000 }: Props) {
  const isLost = usePageRefresh(everyMs);
  if (!isLost) return null;
  return (
    <div role="alert" className="mb-3">
      <Notice tone="look">Not refreshed: Lockkeeper does not answer. What you see is what was known before.</Notice>
    </div>
  );
}
