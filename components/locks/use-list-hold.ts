"use client";

import { type FocusEvent, type PointerEvent, type RefObject, type UIEvent, useEffect, useRef } from "react";

type Options = { readonly isHeldRef: RefObject<boolean>; readonly hasSelection: boolean };

/** Tells the feed when rows must not move: the pointer or the focus is in the list, it is scrolled, or rows are selected. */
export function useListHold({ isHeldRef, hasSelection }: Options) {
  const reasons = useRef({ pointer: false, focus: false, scrolled: false, selection: false });
  const set = (reason: keyof typeof reasons.current, isTrue: boolean) => {
    reasons.current[reason] = isTrue;
    isHeldRef.current = Object.values(reasons.current).includes(true);
  };

  // biome-ignore lint/correctness/useExhaustiveDependencies: `set` only touches references.
  useEffect(() => set("selection", hasSelection), [hasSelection]);

  return {
    onPointerEnter: (event: PointerEvent) => set("pointer", event.pointerType === "mouse"),
    onPointerLeave: () => set("pointer", false),
    onFocus: () => set("focus", true),
    onBlur: (event: FocusEvent<HTMLElement>) => {
      const next = event.relatedTarget;
      if (!(next instanceof Node && event.currentTarget.contains(next))) set("focus", false);
    },
    onScroll: (event: UIEvent<HTMLElement>) => set("scrolled", event.currentTarget.scrollTop > 4),
  };
}
