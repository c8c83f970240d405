"use client";

import { useVirtualizer } from "@tanstack/react-virtual";
import { type RefObject, useImperativeHandle, useLayoutEffect, useSyncExternalStore } from "react";
import type { RowRange, RowScroll } from "./use-row-window.ts";

const ROW_PX = 36;
const ROW_PX_NARROW = 60;
const HEADER_PX = 32;
const NARROW = "(width < 768px)";
/** Rows beyond each edge; a row is drawn faster than it scrolls in. */
const OVERSCAN = 3;

type Props = {
  readonly count: number;
  readonly scrollerRef: RefObject<HTMLDivElement | null>;
  readonly scrollRef: RefObject<RowScroll | null>;
  readonly onRange: (range: RowRange) => void;
};

/** Follows the scrolling and tells which rows are to be drawn. It draws nothing itself, so it can come after the first screen. */
export function RowTracker({ count, scrollerRef, scrollRef, onRange }: Props) {
  const isNarrow = useIsNarrow();
  const rowPx = isNarrow ? ROW_PX_NARROW : ROW_PX;
  const virtualizer = useVirtualizer({
    count,
    getScrollElement: () => scrollerRef.current,
    estimateSize: () => rowPx,
    overscan: OVERSCAN,
    scrollPaddingEnd: isNarrow ? 0 : HEADER_PX,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: the height of a row changed, not the virtualizer.
  useLayoutEffect(() => virtualizer.measure(), [rowPx]);

  const items = virtualizer.getVirtualItems();
  const start = items.at(0)?.index ?? 0;
  const end = (items.at(-1)?.index ?? -1) + 1;
  useLayoutEffect(() => {
    // Before it has measured, the rows of the first screen stay.
    if (end > 0) onRange({ start, end });
  }, [start, end, onRange]);
  useImperativeHandle(scrollRef, () => ({
    scrollToRow: (index) => virtualizer.scrollToIndex(index, { align: "auto" }),
    rowsPerPage: () => Math.max(1, Math.floor((virtualizer.scrollRect?.height ?? 0) / rowPx) - 1),
  }));
  return null;
}

function useIsNarrow(): boolean {
  return useSyncExternalStore(
    (onChange) => {
      const query = window.matchMedia(NARROW);
      query.addEventListener("change", onChange);
      return () => query.removeEventListener("change", onChange);
    },
    () => window.matchMedia(NARROW).matches,
    () => false,
  );
}
