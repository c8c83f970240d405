import { CopyableCode } from "#components/text/copyable-code.tsx";
import { UntrustedText } from "#components/text/untrusted-text.tsx";
import { RelativeTime } from "#components/time/relative-time.tsx";
import { groupProblems, type ProblemGroup } from "./freshness.ts";
import { SourceName } from "./source-name.tsx";
import type { SourceView } from "./source-view.ts";

/** Why sources could not be read, together where the same change would help, with what to change. */
export function SourceProblems({ unread }: { unread: readonly SourceView[] }) {
  return (
    <ul className="flex flex-col gap-4">
      {groupProblems(unread).map((group) => (
        <li key={group.sources[0]?.id} className="border-broken border-l-2 pl-3">
          <ProblemOf group={group} />
        </li>
      ))}
    </ul>
  );
}

function ProblemOf({ group }: { group: ProblemGroup }) {
  const { error, sources } = group;
  return (
    <div className="flex max-w-3xl flex-col gap-1.5 text-sm">
      <p className="font-medium">
        <UntrustedText text={error?.message ?? "The last sweep ended before everything was read."} />
      </p>
      {error !== null && (
        <p>
          <UntrustedText text={error.hint} />
        </p>
      )}
      <ul className="flex flex-col gap-0.5">
        {sources.map((source) => (
          <li key={source.id} className="flex flex-wrap items-center gap-x-2">
            <SourceName source={source} />
            <span className="text-muted">
              {source.account}, {describeLastRead(source)}
            </span>
          </li>
        ))}
      </ul>
      {error?.statement != null && (
        <CopyableCode code={error.statement} label="IAM statement to add" copyLabel="Copy IAM statement" />
      )}
    </div>
  );
}

function describeLastRead(source: SourceView) {
  if (source.lastScanAt === null) return "never read";
  return (
    <>
      last read <RelativeTime iso={source.lastScanAt} />
    </>
  );
}
