"use client";

import { defaultRangeExtractor, useVirtualizer } from "@tanstack/react-virtual";
import { type RefObject, useLayoutEffect, useSyncExternalStore } from "react";

const ROW_PX = 36;
const ROW_PX_NARROW = 60;
const HEADER_PX = 32;
const NARROW = "(width < 768px)";
/** The server renders what fits on a large screen; the browser then measures. */
const SERVER_RECT = { width: 1280, height: 900 };

type Options = {
  readonly count: number;
  /** This row stays in the document however far it is scrolled away, so that it keeps the focus. */
  readonly activeIndex: number;
  readonly scrollerRef: RefObject<HTMLDivElement | null>;
};

/** Which rows to render, and how to bring one into view. */
export function useRowWindow({ count, activeIndex, scrollerRef }: Options) {
  const isNarrow = useIsNarrow();
  const rowPx = isNarrow ? ROW_PX_NARROW : ROW_PX;
  const virtualizer = useVirtualizer({
    count,
    getScrollElement: () => scrollerRef.current,
    estimateSize: () => rowPx,
    initialRect: SERVER_RECT,
    overscan: 5,
    scrollPaddingEnd: isNarrow ? 0 : HEADER_PX,
    rangeExtractor: (range) => {
      const indexes = defaultRangeExtractor(range);
      if (activeIndex < 0 || activeIndex >= count || indexes.includes(activeIndex)) return indexes;
      return [...indexes, activeIndex].toSorted((a, b) => a - b);
    },
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: the height of a row changed, not the virtualizer.
  useLayoutEffect(() => virtualizer.measure(), [rowPx]);

  return {
    indexes: virtualizer.getVirtualItems().map((item) => item.index),
    scrollToRow: (index: number) => virtualizer.scrollToIndex(index, { align: "auto" }),
    rowsPerPage: Math.max(1, Math.floor((virtualizer.scrollRect?.height ?? 0) / rowPx) - 1),
  };
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
