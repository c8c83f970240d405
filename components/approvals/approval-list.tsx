import Link from "next/link";
import { MiddleTruncated } from "#components/text/middle-truncated.tsx";
import { UntrustedText } from "#components/text/untrusted-text.tsx";
import { RelativeTime } from "#components/time/relative-time.tsx";
import { TimeLeft } from "#components/time/time-left.tsx";
import { isOpenState } from "#lib/domain/approval.ts";
import type { ApprovalView } from "#lib/domain/approval-view.ts";
import { ApprovalMark } from "./approval-mark.tsx";

/** Requests for approval, newest first. */
export function ApprovalList({ approvals }: { approvals: readonly ApprovalView[] }) {
  return (
    <ul aria-label="Requests for approval" className="border-line border-t">
      {approvals.map((approval) => (
        <li key={approval.id} className="relative border-line border-b hover:bg-hover">
          <ApprovalRow approval={approval} />
        </li>
      ))}
    </ul>
  );
}

function ApprovalRow({ approval }: { approval: ApprovalView }) {
  const { id, state, statePath, stateKey, reason, requestedBy, requestedAt, expiresAt, account } = approval;
  const isOpen = isOpenState(state);
  return (
    <div className="grid grid-cols-[minmax(0,1fr)_max-content] gap-x-4 gap-y-0.5 px-2 py-2 text-sm md:grid-cols-[110px_minmax(0,2fr)_minmax(0,2fr)_minmax(0,1fr)_120px_120px] md:items-center md:py-1.5">
      <ApprovalMark state={state} />
      <span className="text-right text-muted md:order-last">
        {isOpen ? (
          <>
            <TimeLeft iso={expiresAt} /> left
          </>
        ) : (
          <RelativeTime iso={requestedAt} />
        )}
      </span>
      <Link
        href={`/approvals/${id}`}
        prefetch={false}
        aria-label={`${statePath}, ${state}, asked for by ${requestedBy}`}
        title={statePath}
        className="col-span-2 flex min-w-0 font-medium font-mono text-xs after:absolute after:inset-0 md:col-span-1"
      >
        <MiddleTruncated text={stateKey} />
      </Link>
      <span className="col-span-2 truncate text-muted md:col-span-1" title={reason}>
        <UntrustedText text={reason} />
      </span>
      <span className="truncate">
        <UntrustedText text={requestedBy} />
      </span>
      <span className="truncate text-right text-muted md:text-left">{account}</span>
    </div>
  );
}
