import { addUpSweeps, formatSweep, measureFreshness } from "#components/sources/freshness.ts";
import { Button } from "#components/ui/button.tsx";
import type { SourceView } from "#lib/domain/source-view.ts";
import { FreshnessText } from "./board-summary.tsx";
import { SourceProblems } from "./lazy-parts.tsx";
import { SkeletonRows } from "./skeleton-rows.tsx";

type Props = {
  readonly sources: readonly SourceView[];
  readonly hasFilter: boolean;
  readonly total: number;
  readonly onClear: () => void;
};

/** What stands where the rows would be: nothing matches, nothing is locked, nothing was read yet, or nothing can be read. */
export function BoardEmpty({ sources, hasFilter, total, onClear }: Props) {
  const { unread, pending, total: sourceCount } = measureFreshness(sources);
  const sweep = addUpSweeps(sources);
  if (hasFilter && total > 0) {
    return (
      <div className="flex flex-col items-start gap-2 px-3 py-6">
        <p>No lock matches. {total} are hidden by the filters.</p>
        <Button onClick={onClear}>Clear filters</Button>
      </div>
    );
  }
  if (sourceCount === 0) {
    return (
      <p className="px-3 py-6">
        No source is configured. Name accounts with their buckets and tables in <code>lockkeeper.yaml</code>, then start
        Lockkeeper again.
      </p>
    );
  }
  if (isAllFailing(sources)) {
    return (
      <div className="flex flex-col gap-4 px-3 py-6">
        <p className="font-medium">No source could be read, so it is not known what is locked.</p>
        <SourceProblems unread={unread} />
      </div>
    );
  }
  if (pending === sourceCount) {
    return (
      <>
        <p className="px-3 py-3 text-muted text-sm tabular-nums">
          {sweep === null ? "No source was read yet." : `First reading. ${formatSweep(sweep)}`}
        </p>
        <SkeletonRows count={6} />
      </>
    );
  }
  return (
    <p className="px-3 py-6">
      No locks. <FreshnessText sources={sources} />.
    </p>
  );
}

/** Nothing could be read: then the reasons take the place of the list. */
export function isAllFailing(sources: readonly SourceView[]): boolean {
  return sources.length > 0 && sources.every((source) => source.status === "error" && source.lastScanAt === null);
}
