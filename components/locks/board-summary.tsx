"use client";

import { ChevronDown, RefreshCw } from "lucide-react";
import { useId, useState } from "react";
import { SignInLink } from "#components/shell/sign-in-link.tsx";
import { addUpSweeps, countOf, formatSweep, measureFreshness } from "#components/sources/freshness.ts";
import { RelativeTime } from "#components/time/relative-time.tsx";
import { Button, buttonClass } from "#components/ui/button.tsx";
import { KeyHint } from "#components/ui/key-hint.tsx";
import type { SourceView } from "#lib/domain/source-view.ts";
import { SourceProblems } from "./lazy-parts.tsx";
import type { LockFeed } from "./lock-feed.ts";

type Props = {
  readonly feed: LockFeed;
  readonly children: React.ReactNode;
  readonly onScan: () => void;
  /** False where the reasons stand in the list's own place already. */
  readonly canShowProblems: boolean;
};

/** One line above the list: the counts, how fresh the list is, and which sources could not be read. */
export function BoardSummary({ feed, children, onScan, canShowProblems }: Props) {
  const [isOpen, setIsOpen] = useState(false);
  const panelId = useId();
  const { sources } = feed.newest;
  const { total, unread } = measureFreshness(sources);
  const sweep = addUpSweeps(sources);
  const isPanelOpen = isOpen && canShowProblems && unread.length > 0;
  return (
    <div className="border-line border-b px-3 py-1.5">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1">
        {children}
        <p className="min-w-0 text-muted text-sm">
          {sweep === null ? (
            <FreshnessText sources={sources} />
          ) : (
            <span className="tabular-nums">{formatSweep(sweep)}</span>
          )}
        </p>
        <ExtentText feed={feed} />
        {unread.length > 0 && canShowProblems && (
          <button
            type="button"
            aria-expanded={isPanelOpen}
            aria-controls={panelId}
            onClick={() => setIsOpen(!isOpen)}
            className={buttonClass("alert", "-mx-3")}
          >
            {unread.length} of {total} sources could not be read
            <ChevronDown size={14} aria-hidden="true" className={isPanelOpen ? "rotate-180" : undefined} />
          </button>
        )}
        <Button className="ml-auto" onClick={onScan} aria-keyshortcuts="r" disabled={sweep !== null}>
          <RefreshCw size={14} aria-hidden="true" />
          <span className="max-md:sr-only">{sweep === null ? "Scan now" : "Scanning"}</span> <KeyHint keys="r" />
        </Button>
      </div>
      {feed.problem !== null && (
        <p role="alert" className="py-1 text-look text-sm">
          Not refreshed: {feed.problem.message}{" "}
          {feed.problem.code === "unauthenticated" ? <SignInLink /> : feed.problem.hint} Shown is what was known{" "}
          <RelativeTime iso={feed.newest.asOf} />.
        </p>
      )}
      <div id={panelId} hidden={!isPanelOpen} className="max-h-[60dvh] overflow-auto py-3">
        {isPanelOpen && <SourceProblems unread={unread} />}
      </div>
    </div>
  );
}

/** Says so while the list is not all of it. */
function ExtentText({ feed }: { feed: LockFeed }) {
  if (feed.isComplete) return null;
  return <p className="text-muted text-sm">Loading all {countOf(feed.newest.counts.total, "lock")}</p>;
}

/** "14 sources read 20 s ago", by the oldest of them; where known states were looked at since, that age beside it. */
export function FreshnessText({ sources }: { sources: readonly SourceView[] }) {
  const { read, total, pending, oldestScanAt, oldestRefreshAt } = measureFreshness(sources);
  if (total === 0) return "No source is configured.";
  if (oldestScanAt === null) return pending === total ? "No source was read yet." : "No source could be read.";
  return (
    <>
      {read === total ? read : `${read} of ${total}`} {total === 1 ? "source" : "sources"} read{" "}
      <RelativeTime iso={oldestScanAt} />
      {oldestRefreshAt !== null && (
        <>
          , their known states again <RelativeTime iso={oldestRefreshAt} />
        </>
      )}
      {pending > 0 && `, ${pending} not yet`}
    </>
  );
}
