"use client";

import { RefreshCw } from "lucide-react";
import { UntrustedText } from "#components/text/untrusted-text.tsx";
import { formatMeasured } from "#components/time/age-text.ts";
import { RelativeTime } from "#components/time/relative-time.tsx";
import { Button } from "#components/ui/button.tsx";
import type { SourceNotice } from "#lib/domain/source.ts";
import type { SourceView } from "#lib/domain/source-view.ts";
import { count, countOf, isColderThanKnown } from "./freshness.ts";
import { SourceName } from "./source-name.tsx";
import { SourceProblems } from "./source-problems.tsx";
import { SourceSchedule } from "./source-schedule.tsx";
import { SourceStatusMark } from "./source-status.tsx";

type Props = { readonly sources: readonly SourceView[]; readonly onScan: (sourceId: string) => void };

/** Every bucket and table with how its last sweep went; what went wrong stands right below it. */
export function SourceTable({ sources, onScan }: Props) {
  return (
    <ul aria-label="Sources" className="border-line border-t">
      {sources.map((source) => (
        <li key={source.id} className="border-line border-b py-2 text-sm">
          <div className="grid grid-cols-[minmax(0,1fr)_max-content] items-center gap-x-4 gap-y-1 px-2 md:grid-cols-[minmax(0,1.7fr)_minmax(0,1.3fr)_112px_minmax(0,2.2fr)_80px]">
            <SourceName source={source} />
            <span className="order-last col-span-2 truncate text-muted md:order-none md:col-span-1">
              {source.account}, {source.region}
            </span>
            <SourceStatusMark status={source.status} />
            <span className="col-span-1 min-w-0 text-muted tabular-nums">
              <SourceNumbers source={source} />
            </span>
            <Button
              look="quiet"
              onClick={() => onScan(source.id)}
              disabled={source.running !== null}
              aria-label={`Scan ${source.name}`}
              className="justify-self-end"
            >
              <RefreshCw size={14} aria-hidden="true" /> Scan
            </Button>
          </div>
          {(source.lastScanAt !== null || source.requestsPerDayMax !== null) && (
            <div className="px-2 pt-1">
              <SourceSchedule source={source} />
            </div>
          )}
          {source.notice !== null && <Notice notice={source.notice} />}
          {(source.status === "error" || source.status === "partial") && (
            <div className="px-2 pt-2">
              <SourceProblems unread={[source]} isNamed={false} />
            </div>
          )}
        </li>
      ))}
    </ul>
  );
}

function SourceNumbers({ source }: { source: SourceView }) {
  const { running, lastScanAt } = source;
  if (running !== null) {
    const about =
      source.requests !== null && source.requests >= running.pages ? ` of about ${count(source.requests)}` : "";
    return `Reading: page ${count(running.pages)}${about}, ${countOf(running.objectsSeen, nameThing(source))}`;
  }
  if (lastScanAt === null) return "never read";
  const parts = [
    source.durationMs === null ? null : formatMeasured(source.durationMs),
    source.requests === null ? null : countOf(source.requests, "request"),
    source.objectsSeen === null ? null : countOf(source.objectsSeen, nameThing(source)),
    source.locksFound === null ? null : countOf(source.locksFound, "lock"),
    source.foreignSeen === null || source.foreignSeen === 0 ? null : `${count(source.foreignSeen)} not locks`,
  ].filter((part) => part !== null);
  return (
    <>
      {isColderThanKnown(source) ? (
        <>
          whole sweep <RelativeTime iso={source.lastScanAt} />, known states <RelativeTime iso={source.lastRefreshAt} />
        </>
      ) : (
        <RelativeTime iso={lastScanAt} />
      )}
      {parts.length > 0 && `: ${parts.join(", ")}`}
    </>
  );
}

function Notice({ notice }: { notice: SourceNotice }) {
  return (
    <div className="mx-2 mt-2 flex max-w-3xl flex-col gap-1 border-look border-l-2 pl-3">
      <p>
        <UntrustedText text={notice.message} />
      </p>
      <p className="text-muted">
        <UntrustedText text={notice.hint} />
      </p>
    </div>
  );
}

function nameThing(source: SourceView): string {
  return source.kind === "s3" ? "object" : "item";
}
