"use client";

import { type MouseEvent, memo, type ReactNode, type RefObject, useImperativeHandle, useMemo, useRef } from "react";
import { useShortcut } from "#components/shell/shortcuts.tsx";
import type { LockRow } from "#lib/domain/lock-row.ts";
import { LockHeader } from "./lock-header.tsx";
import type { LockSort } from "./lock-params.ts";
import { LockTableRow } from "./lock-row.tsx";
import { sortRows } from "./lock-sort.ts";
import { growTo } from "./row-place.ts";
import { useListHold } from "./use-list-hold.ts";
import { findRowKey, useRowFocus } from "./use-row-focus.ts";

export type ShownRow = { readonly lock: LockRow; readonly placed: LockRow; readonly isGone: boolean };
export type LockTableHandle = { readonly focusActiveRow: () => void };
export type OpenLock = (key: string, options: { readonly isToUnlock: boolean; readonly isNewTab: boolean }) => void;

type Props = {
  readonly rows: readonly ShownRow[];
  /** False while only the first rows have come. */
  readonly isComplete: boolean;
  readonly newKeys: ReadonlySet<string>;
  readonly selected: ReadonlySet<string>;
  readonly sort: LockSort | null;
  readonly onSort: (sort: LockSort | null) => void;
  readonly onToggle: (key: string) => void;
  readonly onOpen: OpenLock;
  readonly isHeldRef: RefObject<boolean>;
  readonly handleRef: RefObject<LockTableHandle | null>;
  readonly empty: ReactNode;
};

/**
 * The virtual list of locks: a grid whose rows are fixed in height and keep their place, focus and selection. What is typed
 * above it draws it again only when the rows are others.
 */
export const LockTable = memo(function LockTable(props: Props) {
  const { rows, selected, sort, isHeldRef, onOpen, onToggle } = props;
  const scrollerRef = useRef<HTMLDivElement>(null);
  const sorted = useMemo(() => sortRows(rows, sort), [rows, sort]);
  const keys = useMemo(() => sorted.map((row) => row.placed.key), [sorted]);
  const focus = useRowFocus({ keys, scrollerRef });
  const hold = useListHold({ isHeldRef, hasSelection: selected.size > 0 });
  useImperativeHandle(props.handleRef, () => ({ focusActiveRow: focus.focusActiveRow }));

  const { activeKey, tracker } = focus;
  useShortcut("x", () => activeKey !== null && onToggle(activeKey));
  useShortcut("u", () => activeKey !== null && onOpen(activeKey, { isToUnlock: true, isNewTab: false }));
  const openByClick = (event: MouseEvent<HTMLElement>) => {
    const key = findClickedRow(event);
    if (key === null) return;
    event.preventDefault();
    onOpen(key, { isToUnlock: false, isNewTab: event.ctrlKey || event.metaKey });
  };

  return (
    <div ref={scrollerRef} className="relative min-h-0 flex-1 overflow-auto overscroll-contain" {...hold}>
      <table
        // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: its rows are moved through and selected.
        role="grid"
        aria-label="Locks"
        aria-multiselectable="true"
        aria-rowcount={props.isComplete ? keys.length + 1 : -1}
        aria-colcount={9}
        className="block"
        onClick={openByClick}
        onFocus={focus.onFocus}
        onKeyDown={focus.onKeyDown}
      >
        {keys.length > 0 && <LockHeader sort={sort} onSort={props.onSort} />}
        <tbody ref={(body) => growTo(body, keys.length)} className="relative block">
          {focus.indexes.map((index) => {
            const row = sorted[index];
            if (row === undefined) return null;
            const { key } = row.lock;
            return (
              <LockTableRow
                key={key}
                row={row.lock}
                index={index}
                isGone={row.isGone}
                isNew={props.newKeys.has(key)}
                isSelected={selected.has(key)}
                isTabStop={index === focus.tabStop}
                onToggle={onToggle}
              />
            );
          })}
        </tbody>
      </table>
      {props.empty}
      {tracker !== null && <tracker.Tracker {...tracker.props} />}
    </div>
  );
});

/**
 * The row a click means to open: not one on its checkbox, not one on its link that the browser takes elsewhere, and not the end
 * of selecting text.
 */
function findClickedRow(event: MouseEvent<HTMLElement>): string | null {
  const target = event.target;
  if (!(target instanceof Element) || target.closest("button, input") !== null) return null;
  const isElsewhere = event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
  if (target.closest("a") !== null) return isElsewhere ? null : findRowKey(target);
  return window.getSelection()?.isCollapsed === false ? null : findRowKey(target);
}
