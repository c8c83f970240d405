"use client";

import {
  type FocusEvent,
  type KeyboardEvent,
  type RefObject,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from "react";
import { useShortcut } from "#components/shell/shortcuts.tsx";
import { moveActiveRow, parseRowMove, type RowMove } from "./row-keys.ts";
import { useRowWindow } from "./use-row-window.ts";

const LAST_OPENED = "lockkeeper.last-opened-lock";

type Options = {
  readonly keys: readonly string[];
  readonly scrollerRef: RefObject<HTMLDivElement | null>;
};

/** Remembers which lock was opened, so that the list gives the focus back to it. */
export function rememberOpened(key: string): void {
  sessionStorage.setItem(LAST_OPENED, key);
}

/** The active row: it has the focus when it was reached by keyboard, and keeps it through refreshes and scrolling. */
export function useRowFocus({ keys, scrollerRef }: Options) {
  const [activeKey, setActiveKey] = useState<string | null>(null);
  const wantsFocus = useRef(false);
  const activeIndex = activeKey === null ? -1 : keys.indexOf(activeKey);
  const { indexes, tracker, scrollToRow, rowsPerPage } = useRowWindow({ count: keys.length, activeIndex, scrollerRef });

  const focusRow = (key: string | null) => {
    if (key === null) return;
    // A wish that no render fulfils would take the focus away later, from wherever it is then.
    wantsFocus.current = key !== activeKey;
    setActiveKey(key);
    if (key !== activeKey) return;
    scrollToRow(activeIndex);
    focusLink(scrollerRef.current, key);
  };
  const move = (to: RowMove) => focusRow(moveActiveRow(keys, activeKey, to, rowsPerPage()));

  useLayoutEffect(() => {
    if (!wantsFocus.current || activeKey === null || activeIndex < 0) return;
    wantsFocus.current = false;
    scrollToRow(activeIndex);
    focusLink(scrollerRef.current, activeKey);
  });

  useEffect(() => {
    const opened = sessionStorage.getItem(LAST_OPENED);
    if (opened === null || !keys.includes(opened)) return;
    sessionStorage.removeItem(LAST_OPENED);
    wantsFocus.current = true;
    setActiveKey(opened);
  }, [keys]);

  useShortcut("j", () => move("next"));
  useShortcut("k", () => move("previous"));

  return {
    indexes,
    tracker,
    activeKey: activeIndex < 0 ? null : activeKey,
    tabStop: Math.max(0, activeIndex),
    focusActiveRow: () => focusRow(activeIndex < 0 ? (keys[0] ?? null) : activeKey),
    onFocus: (event: FocusEvent<HTMLElement>) => {
      const key = findRowKey(event.target);
      if (key !== null) setActiveKey(key);
    },
    onKeyDown: (event: KeyboardEvent<HTMLElement>) => {
      const to = event.ctrlKey || event.metaKey || event.altKey ? null : parseRowMove(event.key);
      if (to === null || event.key.length === 1 || findRowKey(event.target) === null) return;
      event.preventDefault();
      move(to);
    },
  };
}

/** The key of the row an event came from, or null for the header. */
export function findRowKey(target: EventTarget): string | null {
  return target instanceof Element ? (target.closest("[data-lock-key]")?.getAttribute("data-lock-key") ?? null) : null;
}

function focusLink(scroller: HTMLElement | null, key: string): void {
  const link = scroller?.querySelector<HTMLElement>(`[data-lock-key="${CSS.escape(key)}"] a`);
  link?.focus({ preventScroll: true });
}
