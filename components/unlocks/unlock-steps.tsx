import { ExactTime } from "#components/time/relative-time.tsx";
import type { UnlockView } from "#lib/domain/unlock-view.ts";
import { OutcomeMark } from "./outcome-mark.tsx";

/** The steps of one unlock in the order they were taken. */
export function UnlockSteps({ unlock }: { unlock: UnlockView }) {
  const { requestedAt, intentAt, deadlineAt, outcomeAt, outcome, actor } = unlock;
  return (
    <ol className="flex flex-col text-sm">
      <Step at={requestedAt}>Requested by {actor}</Step>
      {intentAt !== null ? (
        <Step at={intentAt}>
          Intent committed: from here on a delete could be sent
          {deadlineAt !== null && (
            <span className="text-muted">
              , until <ExactTime iso={deadlineAt} /> at the latest
            </span>
          )}
        </Step>
      ) : (
        <Step at={null}>No intent was committed, so nothing was sent to AWS</Step>
      )}
      <Step at={outcomeAt}>
        Outcome: <OutcomeMark outcome={outcome} />
      </Step>
    </ol>
  );
}

function Step({ at, children }: { at: string | null; children: React.ReactNode }) {
  return (
    <li className="grid gap-x-4 border-line border-t py-1.5 first:border-t-0 md:grid-cols-[190px_minmax(0,1fr)]">
      <span className="text-muted text-xs leading-5">{at === null ? "–" : <ExactTime iso={at} />}</span>
      <span>{children}</span>
    </li>
  );
}
