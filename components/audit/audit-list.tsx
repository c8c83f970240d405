"use client";

import clsx from "clsx";
import { type ReactNode, useState } from "react";
import { MiddleTruncated } from "#components/text/middle-truncated.tsx";
import { UntrustedText } from "#components/text/untrusted-text.tsx";
import { ExactTime } from "#components/time/relative-time.tsx";
import { OutcomeMark } from "#components/unlocks/outcome-mark.tsx";
import { nameAuditAction } from "./action-words.ts";
import { AuditLineDetail } from "./audit-line-detail.tsx";
import type { AuditRow } from "./audit-row.ts";

type Props = { readonly rows: readonly AuditRow[]; readonly openSeq: number | null };

/** Events of the trail, newest first; each opens to its signed line. */
export function AuditList({ rows, openSeq }: Props) {
  return (
    <ol aria-label="Audit events" className="border-line border-t">
      {rows.map((row) => (
        <AuditListItem key={`${row.seq} ${row.seq === openSeq}`} row={row} isMarked={row.seq === openSeq} />
      ))}
    </ol>
  );
}

/** The line is made readable only when it is open: a hundred of them are on a page. */
function AuditListItem({ row, isMarked }: { row: AuditRow; isMarked: boolean }): ReactNode {
  const [isOpen, setIsOpen] = useState(isMarked);
  return (
    <li id={`line-${row.seq}`} className={clsx("scroll-mt-4 border-line border-b", isMarked && "bg-accent-soft")}>
      <details open={isOpen} onToggle={(event) => setIsOpen(event.currentTarget.open)} className="text-sm">
        <AuditSummary row={row} />
        {isOpen && <AuditLineDetail row={row} />}
      </details>
    </li>
  );
}

function AuditSummary({ row }: { row: AuditRow }): ReactNode {
  return (
    <summary className="grid list-none grid-cols-[max-content_minmax(0,1fr)_max-content] items-baseline gap-x-3 gap-y-0.5 px-2 py-1.5 hover:bg-hover md:grid-cols-[56px_176px_158px_130px_minmax(0,1fr)_132px]">
      <span className="text-muted tabular-nums">{row.seq}</span>
      <span className="order-2 col-span-3 text-muted text-xs leading-5 md:order-none md:col-span-1">
        {row.at === null ? "–" : <ExactTime iso={row.at} />}
        <span className="md:hidden">
          {" · "}
          <UntrustedText text={row.actor} />
        </span>
      </span>
      <span className="truncate font-medium" title={row.action}>
        <UntrustedText text={nameAuditAction(row.action)} />
      </span>
      <span className="hidden truncate md:inline" title={row.actor}>
        <UntrustedText text={row.actor} />
      </span>
      <span
        className="order-3 col-span-3 min-w-0 font-mono text-xs leading-5 md:order-none md:col-span-1"
        title={row.subject ?? undefined}
      >
        {row.subject !== null && <MiddleTruncated text={row.subject} />}
      </span>
      <span className="text-right md:text-left">
        {row.outcome !== null && (
          <OutcomeMark outcome={row.outcome} of={row.action.startsWith("restore.") ? "restore" : "unlock"} />
        )}
      </span>
    </summary>
  );
}
