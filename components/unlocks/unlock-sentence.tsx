import type { ReactNode } from "react";
import { UntrustedText } from "#components/text/untrusted-text.tsx";
import { RelativeTime } from "#components/time/relative-time.tsx";
import { TimeLeft } from "#components/time/time-left.tsx";
import type { RestoreView } from "#lib/domain/restore-view.ts";
import { settledByMs } from "#lib/domain/unlock-time.ts";
import type { UnlockDetail } from "#lib/domain/unlock-view.ts";
import { describeOutcome } from "./outcome-words.ts";
import { SettlingNote } from "./settling-note.tsx";

/** What became of it, in the words of a colleague; what is not known is said before anything else. */
export function UnlockSentence({ unlock }: { unlock: UnlockDetail }): ReactNode {
  const { outcome, restore, restores } = unlock;
  if (outcome === "unknown") return <SettlingNote done="removed" settledBy={settledBy(unlock)} />;
  const last = restores.findLast((attempt) => attempt.outcome === "restored" || attempt.outcome === "partial");
  const open = restores.find((attempt) => attempt.outcome === "unknown");
  return (
    <>
      <p className="text-lg">
        {describeOutcome(outcome).sentence}
        {last !== undefined && <PutBack restore={last} />}
      </p>
      {open !== undefined && <SettlingNote done="put back" settledBy={settledBy(open)} />}
      {restore.state === "possible" && restore.untilAt !== null && (
        <p className="text-sm">
          <a href="#put-back" className="text-accent underline">
            It can be put back
          </a>{" "}
          for <TimeLeft iso={restore.untilAt} /> more.
        </p>
      )}
    </>
  );
}

function PutBack({ restore }: { restore: RestoreView }): ReactNode {
  return (
    <>
      {restore.outcome === "restored" ? " It was put back" : " One half of it was put back"}{" "}
      {restore.outcomeAt !== null && <RelativeTime iso={restore.outcomeAt} />} by <UntrustedText text={restore.actor} />
      .
    </>
  );
}

function settledBy({ deadlineAt }: { readonly deadlineAt: string | null }): string | null {
  return deadlineAt === null ? null : new Date(settledByMs(Date.parse(deadlineAt))).toISOString();
}
