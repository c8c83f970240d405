"use client";

import { useCallback } from "react";
import { useShortcut } from "#components/shell/shortcuts.tsx";
import { useToast } from "#components/ui/toasts.tsx";
import { requestScan } from "./request-scan.ts";

/** Asks for a sweep of all sources, by button or by `r`, and says when it could not be asked for. */
export function useScanNow(onAsked: () => void): () => void {
  const say = useToast();
  const scan = useCallback(() => {
    void requestScan(null).then((problem) => {
      if (problem === null) onAsked();
      else say(`Not scanned: ${problem.message}`, problem.hint);
    });
  }, [onAsked, say]);
  useShortcut("r", scan);
  return scan;
}
