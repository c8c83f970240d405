"use client";

import { type ComponentType, type RefObject, useEffect, useRef, useState } from "react";

export type RowRange = { readonly start: number; readonly end: number };
export type RowScroll = { readonly scrollToRow: (index: number) => void; readonly rowsPerPage: () => number };

/** The server renders what fits on a large screen; in the browser the tracker then measures. */
const FIRST_SCREEN: RowRange = { start: 0, end: 30 };

const loadTracker = () => import("./row-tracker.tsx").then((part) => part.RowTracker);
// Asked for with the page itself, not only when it has come alive.
const loading = typeof window === "undefined" ? null : loadTracker();
loading?.catch(() => undefined);

type Options = {
  readonly count: number;
  /** This row stays in the document however far it is scrolled away, so that it keeps the focus. */
  readonly activeIndex: number;
  readonly scrollerRef: RefObject<HTMLDivElement | null>;
};

/** Which rows to draw, and how to bring one into view. `tracker` follows the scrolling, once it has come. */
export function useRowWindow({ count, activeIndex, scrollerRef }: Options) {
  const [range, setRange] = useState(FIRST_SCREEN);
  const scrollRef = useRef<RowScroll | null>(null);
  const Tracker = useTracker();
  return {
    indexes: listIndexes(range, count, activeIndex),
    tracker: Tracker === null ? null : { Tracker, props: { count, scrollerRef, scrollRef, onRange: setRange } },
    scrollToRow: (index: number) => {
      if (scrollRef.current !== null) scrollRef.current.scrollToRow(index);
      else findRow(scrollerRef.current, index)?.scrollIntoView({ block: "nearest" });
    },
    rowsPerPage: () => scrollRef.current?.rowsPerPage() ?? 10,
  };
}

/** The rows of a range that there are, and the active one wherever it is. */
export function listIndexes({ start, end }: RowRange, count: number, activeIndex: number): readonly number[] {
  const last = Math.min(end, count);
  const first = Math.min(start, last);
  const indexes = Array.from({ length: last - first }, (_, offset) => first + offset);
  if (activeIndex < 0 || activeIndex >= count || (activeIndex >= first && activeIndex < last)) return indexes;
  return activeIndex < first ? [activeIndex, ...indexes] : [...indexes, activeIndex];
}

type Tracker = ComponentType<{
  readonly count: number;
  readonly scrollerRef: RefObject<HTMLDivElement | null>;
  readonly scrollRef: RefObject<RowScroll | null>;
  readonly onRange: (range: RowRange) => void;
}>;

function useTracker(): Tracker | null {
  const [tracker, setTracker] = useState<Tracker | null>(null);
  useEffect(() => {
    let isOver = false;
    (loading ?? loadTracker()).then(
      (loaded) => isOver || setTracker(() => loaded),
      // Without it most rows could not be reached: that is an error of the page, not a shorter list.
      (error: unknown) =>
        setTracker(() => {
          throw error;
        }),
    );
    return () => {
      isOver = true;
    };
  }, []);
  return tracker;
}

function findRow(scroller: HTMLElement | null, index: number): Element | null {
  return scroller?.querySelector(`[aria-rowindex="${index + 2}"]`) ?? null;
}
