"use client";

import clsx from "clsx";
import { memo } from "react";
import { splitMiddle } from "#components/text/split-middle.ts";
import { UntrustedText } from "#components/text/untrusted-text.tsx";
import type { LockRow } from "#lib/domain/lock-row.ts";
import { describeStatus, shortenStateKey } from "./lock-words.ts";
import { RowFacts } from "./row-facts.tsx";
import { CELL, ROW_GRID } from "./row-layout.ts";
import { placeRow } from "./row-place.ts";
import { WorkspaceChip } from "./workspace-chip.tsx";

type Props = {
  readonly row: LockRow;
  readonly index: number;
  readonly isGone: boolean;
  readonly isNew: boolean;
  readonly isSelected: boolean;
  readonly isTabStop: boolean;
  readonly onToggle: (key: string) => void;
};

/**
 * One lock, in as few nodes as carry it: there are dozens of rows, and each is made anew as it scrolls in. The link is the
 * row's focus; clicks, on it too, are taken by the table.
 */
export const LockTableRow = memo(function LockTableRow(props: Props) {
  const { row, index, isGone, isNew, isSelected, isTabStop } = props;
  return (
    <tr
      aria-rowindex={index + 2}
      aria-selected={isSelected}
      data-lock-key={row.key}
      ref={(element) => placeRow(element, index)}
      className={clsx(
        ROW_GRID,
        "group inset-x-0 h-(--row) cursor-pointer border-line border-b text-sm",
        "grid-rows-2 py-2 md:grid-rows-1 md:py-0",
        "has-[a:focus-visible]:outline-2 has-[a:focus-visible]:-outline-offset-2 has-[a:focus-visible]:outline-accent",
        isSelected ? "bg-accent-soft" : "hover:bg-hover",
        isNew && "shadow-[inset_3px_0_0_var(--accent)]",
        isGone && "opacity-60",
      )}
    >
      <td aria-colindex={1} className={CELL.select}>
        <input
          type="checkbox"
          tabIndex={-1}
          checked={isSelected}
          onChange={() => props.onToggle(row.key)}
          aria-label={`Select ${row.statePath}`}
          className="block size-3.5 accent-accent opacity-0 group-hover:opacity-100 group-aria-selected:opacity-100 group-has-[a:focus-visible]:opacity-100"
        />
      </td>
      <StatusCell row={row} isGone={isGone} isNew={isNew} />
      <td aria-colindex={3} className={CELL.path}>
        <PathLink row={row} isTabStop={isTabStop} />
        {row.workspace !== null && <WorkspaceChip workspace={row.workspace} />}
        <UntrustedText
          text={row.bucket}
          className="ml-2 hidden min-w-0 shrink-[9999] truncate font-mono text-muted text-xs md:block"
        />
      </td>
      <RowFacts row={row} isGone={isGone} />
    </tr>
  );
});

const TONES = { broken: "text-broken", look: "text-look", waiting: "text-accent", plain: "text-muted" } as const;

/** Mark and word. The shape differs with the tone, so that colour is not needed. */
function StatusCell({ row, isGone, isNew }: Pick<Props, "row" | "isGone" | "isNew">) {
  const { word, tone, meaning } = describeStatus(row);
  return (
    <td
      aria-colindex={2}
      {...(!isGone && { title: meaning, "data-mark": tone })}
      className={clsx("whitespace-nowrap", CELL.status, isGone ? "text-muted" : TONES[tone])}
    >
      {isGone ? "Gone" : word}
      {isNew && <span className="sr-only"> new</span>}
    </td>
  );
}

function PathLink({ row, isTabStop }: Pick<Props, "row" | "isTabStop">) {
  const { head, tail } = splitMiddle(shortenStateKey(row));
  return (
    <a
      href={`/locks/${row.key}`}
      tabIndex={isTabStop ? 0 : -1}
      aria-label={row.statePath}
      title={row.statePath}
      className="flex min-w-0 whitespace-pre font-medium font-mono text-ink text-xs outline-none"
    >
      {head !== "" && <UntrustedText text={head} className="min-w-[2ch] shrink truncate" />}
      <UntrustedText text={tail} className={clsx("truncate", head === "" ? "min-w-0" : "max-w-full shrink-0")} />
    </a>
  );
}
