"use client";

import clsx from "clsx";
import Link from "next/link";
import { memo } from "react";
import { MiddleTruncated } from "#components/text/middle-truncated.tsx";
import { UntrustedText } from "#components/text/untrusted-text.tsx";
import type { Lock } from "#lib/domain/lock.ts";
import { shortenStateKey } from "./lock-words.ts";
import { RowCell } from "./row-cell.tsx";
import { RowFacts } from "./row-facts.tsx";
import { ROW_GRID } from "./row-layout.ts";
import { StatusMark } from "./status-mark.tsx";
import { rememberOpened } from "./use-row-focus.ts";
import { WorkspaceChip } from "./workspace-chip.tsx";

type Props = {
  readonly lock: Lock;
  readonly index: number;
  readonly asOf: string;
  readonly isGone: boolean;
  readonly isNew: boolean;
  readonly isSelected: boolean;
  readonly isTabStop: boolean;
  readonly onToggle: (key: string) => void;
};

/** One lock. The link is the row's focus; a click anywhere else in the row is taken by the table. */
export const LockRow = memo(function LockRow(props: Props) {
  const { lock, index, isGone, isNew, isSelected, isTabStop } = props;
  return (
    <tr
      aria-rowindex={index + 2}
      aria-selected={isSelected}
      data-lock-key={lock.key}
      style={{ top: `calc(var(--row) * ${index})` }}
      className={clsx(
        ROW_GRID,
        "group absolute inset-x-0 h-(--row) cursor-pointer border-line border-b text-sm",
        "grid-rows-2 py-2 md:grid-rows-1 md:py-0",
        "has-[a:focus-visible]:outline-2 has-[a:focus-visible]:-outline-offset-2 has-[a:focus-visible]:outline-accent",
        isSelected ? "bg-accent-soft" : "hover:bg-hover",
        isNew && "shadow-[inset_3px_0_0_var(--accent)]",
        isGone && "opacity-60",
      )}
    >
      <RowCell column="select" colIndex={1}>
        <input
          type="checkbox"
          tabIndex={-1}
          checked={isSelected}
          onChange={() => props.onToggle(lock.key)}
          aria-label={`Select ${lock.statePath}`}
          className="size-3.5 accent-accent opacity-0 group-hover:opacity-100 group-aria-selected:opacity-100 group-has-[a:focus-visible]:opacity-100"
        />
      </RowCell>
      <RowCell column="status" colIndex={2}>
        {isGone ? <span className="text-muted">Gone</span> : <StatusMark lock={lock} />}
        {isNew && <span className="sr-only">new</span>}
      </RowCell>
      <RowCell column="path" colIndex={3}>
        <PathLink lock={lock} isTabStop={isTabStop} />
      </RowCell>
      <RowFacts lock={lock} asOf={props.asOf} isGone={isGone} />
    </tr>
  );
});

function PathLink({ lock, isTabStop }: { lock: Lock; isTabStop: boolean }) {
  return (
    <>
      <Link
        href={`/locks/${lock.key}`}
        prefetch={false}
        tabIndex={isTabStop ? 0 : -1}
        aria-label={lock.statePath}
        title={lock.statePath}
        onClick={() => rememberOpened(lock.key)}
        className="flex min-w-0 font-medium font-mono text-ink text-xs outline-none"
      >
        <MiddleTruncated text={shortenStateKey(lock)} />
      </Link>
      {lock.workspace !== null && <WorkspaceChip workspace={lock.workspace} />}
      <span className="ml-2 hidden min-w-0 shrink-[9999] truncate font-mono text-muted text-xs md:inline">
        <UntrustedText text={lock.bucket} />
      </span>
    </>
  );
}
