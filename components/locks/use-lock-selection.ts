"use client";

import { useCallback, useState } from "react";

const NONE: ReadonlySet<string> = new Set();

/** The keys of the selected locks; they stay selected through refreshes and filters. */
export function useLockSelection() {
  const [selected, setSelected] = useState<ReadonlySet<string>>(NONE);
  const toggle = useCallback((key: string) => setSelected((before) => before.symmetricDifference(new Set([key]))), []);
  const clear = useCallback(() => setSelected(NONE), []);
  return { selected, toggle, clear };
}
