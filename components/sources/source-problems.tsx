import { CopyableCode } from "#components/text/copyable-code.tsx";
import { UntrustedText } from "#components/text/untrusted-text.tsx";
import { RelativeTime } from "#components/time/relative-time.tsx";
import type { SourceView } from "#lib/domain/source-view.ts";
import { groupProblems, type ProblemGroup } from "./problem-groups.ts";
import { SourceName } from "./source-name.tsx";

type Props = {
  readonly unread: readonly SourceView[];
  /** False where the source's own row stands above. */
  readonly isNamed?: boolean;
};

/** Why sources could not be read, together where the same change would help, with what to change. */
export function SourceProblems({ unread, isNamed = true }: Props) {
  return (
    <ul className="flex flex-col gap-4">
      {groupProblems(unread).map((group) => (
        <li key={group.id} className="border-broken border-l-2 pl-3">
          <Problem group={group} isNamed={isNamed} />
        </li>
      ))}
    </ul>
  );
}

function Problem({ group, isNamed }: { group: ProblemGroup; isNamed: boolean }) {
  return (
    <div className="flex max-w-3xl flex-col gap-1.5 text-sm">
      <p className="font-semibold">{group.title}</p>
      <ul className="flex flex-col gap-1">
        {group.sources.map((source) => (
          <li key={source.id}>
            {isNamed && <SourceName source={source} className="mr-2 align-bottom" />}
            <UntrustedText text={source.error?.message ?? "Not everything was read."} />{" "}
            <span className="text-muted">
              {source.lastScanAt === null ? (
                "Never read."
              ) : (
                <>
                  Last read <RelativeTime iso={source.lastScanAt} />.
                </>
              )}
            </span>
          </li>
        ))}
      </ul>
      {group.hints.map((hint) => (
        <p key={hint}>
          <UntrustedText text={hint} />
        </p>
      ))}
      {group.statement !== null && (
        <CopyableCode code={group.statement} label="IAM statement to add" copyLabel="Copy IAM statement" />
      )}
    </div>
  );
}
