"use client";

import clsx from "clsx";
import Link from "next/link";
import type { ReactNode } from "react";
import { memo } from "react";
import { MiddleTruncated } from "#components/text/middle-truncated.tsx";
import { UntrustedText } from "#components/text/untrusted-text.tsx";
import { TickingAge } from "#components/time/relative-time.tsx";
import type { Lock } from "#lib/domain/lock.ts";
import { HolderMark } from "./holder-mark.tsx";
import type { LockColumnId } from "./lock-column-ids.ts";
import { ageStart, describeAge, shortenStateKey } from "./lock-words.ts";
import { CELL, ROW_GRID } from "./row-layout.ts";
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
      <Cell column="select" colIndex={1}>
        <input
          type="checkbox"
          tabIndex={-1}
          checked={isSelected}
          onChange={() => props.onToggle(lock.key)}
          aria-label={`Select ${lock.statePath}`}
          className="size-3.5 accent-accent opacity-0 group-hover:opacity-100 group-aria-selected:opacity-100 group-has-[a:focus-visible]:opacity-100"
        />
      </Cell>
      <Cell column="status" colIndex={2}>
        {isGone ? <span className="text-muted">Gone</span> : <StatusMark lock={lock} />}
        {isNew && <span className="sr-only">new</span>}
      </Cell>
      <Cell column="path" colIndex={3}>
        <PathLink lock={lock} isTabStop={isTabStop} />
      </Cell>
      <LockFacts {...props} />
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

function LockFacts({ lock, asOf, isGone }: Props) {
  return (
    <>
      <Cell column="holder" colIndex={4}>
        <HolderMark lock={lock} />
      </Cell>
      <Cell column="operation" colIndex={5}>
        <span className={clsx("truncate", lock.operation === null && "text-muted")} title={lock.operation ?? undefined}>
          <UntrustedText text={lock.operationLabel ?? "unknown"} />
        </span>
      </Cell>
      <Cell column="age" colIndex={6}>
        <span title={describeAge(lock)} className="tabular-nums">
          {lock.ageMs === null ? "unknown" : <TickingAge ageMs={lock.ageMs} asOf={asOf} since={ageStart(lock)} />}
        </span>
      </Cell>
      <Cell column="evidence" colIndex={7}>
        {lock.isLastKnown && !isGone && (
          <span
            className="mr-1.5 shrink-0 rounded bg-look-soft px-1.5 text-look text-xs"
            title="Its source could not be read again"
          >
            last known
          </span>
        )}
        <span className="truncate text-muted" title={lock.headline}>
          <UntrustedText text={isGone ? "no longer there" : lock.headline} />
        </span>
      </Cell>
      <Cell column="account" colIndex={8}>
        <span className="truncate text-muted" title={lock.accountId}>
          {lock.account}
        </span>
      </Cell>
      <Cell column="halves" colIndex={9}>
        <span className="truncate text-muted text-xs" title={lock.halves.map((half) => half.location).join("\n")}>
          {formatHalves(lock)}
        </span>
      </Cell>
    </>
  );
}

function Cell({
  column,
  colIndex,
  children,
}: {
  column: LockColumnId | "select";
  colIndex: number;
  children: ReactNode;
}) {
  return (
    <td aria-colindex={colIndex} className={clsx("flex min-w-0 items-center", CELL[column])}>
      {children}
    </td>
  );
}

/** Which halves exist. */
function formatHalves(lock: Pick<Lock, "halves">): string {
  const names = new Set(lock.halves.map((half) => (half.mechanism === "s3" ? "S3" : "DynamoDB")));
  return names.size > 1 ? "both" : ([...names][0] ?? "");
}
