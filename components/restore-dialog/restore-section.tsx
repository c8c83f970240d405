import { HolderNotice } from "#components/recorded-action/holder-notice.tsx";
import { UntrustedText } from "#components/text/untrusted-text.tsx";
import { ExactTime } from "#components/time/relative-time.tsx";
import { TimeLeft } from "#components/time/time-left.tsx";
import { Section } from "#components/ui/section.tsx";
import type { HolderNow } from "#lib/domain/unlock.ts";
import type { UnlockDetail } from "#lib/domain/unlock-view.ts";
import { RestoreAction } from "./restore-action.tsx";
import { RestoreTerms } from "./restore-terms.tsx";

type Props = {
  readonly unlock: UnlockDetail;
  /** Who holds the lock of the path now, as far as the last sweep knows. */
  readonly holder: HolderNow | null;
};

/** Whether the lock can be put back: now, later, or why never. */
export function RestoreSection({ unlock, holder }: Props) {
  const { state, reason, fromAt, untilAt } = unlock.restore;
  return (
    <Section title="Put the lock back" anchor="put-back">
      {state === "impossible" ? (
        <p className="text-muted text-sm">
          Not possible. <UntrustedText text={reason ?? ""} />
        </p>
      ) : (
        <div className="flex flex-col gap-3 text-sm">
          {holder !== null && holder.lockId !== unlock.lockId && (
            <HolderNotice holder={holder} tone="look">
              Putting it back would write nothing: the lock is now held by
            </HolderNotice>
          )}
          <RestoreTerms unlock={unlock} />
          {state === "waiting" ? (
            <p role="status">
              <strong className="font-semibold">Not yet.</strong> <UntrustedText text={reason ?? ""} />{" "}
              {fromAt !== null && (
                <>
                  It can be put back in <TimeLeft iso={fromAt} />, from <ExactTime iso={fromAt} /> on.
                </>
              )}
            </p>
          ) : (
            untilAt !== null && (
              <p>
                <TimeLeft iso={untilAt} /> left to do it, until <ExactTime iso={untilAt} />.
              </p>
            )
          )}
          {state === "possible" && <RestoreAction unlock={unlock} />}
        </div>
      )}
    </Section>
  );
}
