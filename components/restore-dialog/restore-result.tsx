"use client";

import Link from "next/link";
import { useEffect, useRef } from "react";
import { HolderNotice } from "#components/recorded-action/holder-notice.tsx";
import { StatePath } from "#components/recorded-action/state-path.tsx";
import { Button } from "#components/ui/button.tsx";
import { HalfOutcomes } from "#components/unlocks/half-outcomes.tsx";
import { OutcomeMark } from "#components/unlocks/outcome-mark.tsx";
import { describeRestoreOutcome } from "#components/unlocks/outcome-words.ts";
import type { RestoreOutcome } from "#lib/domain/restore.ts";
import type { RestoreView } from "#lib/domain/restore-view.ts";
import type { UnlockDetail } from "#lib/domain/unlock-view.ts";
import { useHolderNow } from "./use-holder-now.ts";

type Props = { readonly unlock: UnlockDetail; readonly restore: RestoreView; readonly onClose: () => void };

/** What became of it, half by half. Where somebody holds the lock, that is said before anything else. */
export function RestoreResult({ unlock, restore, onClose }: Props) {
  const headingRef = useRef<HTMLHeadingElement>(null);
  const { outcome } = restore;
  const holder = useHolderNow(unlock, outcome === "changed");
  // The outcome comes where the form was: the focus goes with it, and so does a screen reader.
  useEffect(() => headingRef.current?.focus(), []);
  return (
    <div className="flex flex-col gap-4 pt-2">
      <StatePath bucket={unlock.bucket} stateKey={unlock.stateKey} />
      <div aria-live="polite" className="empty:hidden">
        {holder !== null && (
          <HolderNotice holder={holder} tone="look">
            Nothing was written. The lock is now held by
          </HolderNotice>
        )}
      </div>
      <div aria-live="polite">
        <h3 ref={headingRef} tabIndex={-1} className="font-semibold text-base outline-none">
          <OutcomeMark outcome={outcome} of="restore" />
        </h3>
        <p>{describeRestoreOutcome(outcome).sentence}</p>
        <NextStep outcome={outcome} />
      </div>
      <HalfOutcomes halves={restore.halves} of="restore" />
      <div className="flex flex-wrap items-center justify-between gap-2">
        <Link href={`/locks/${unlock.key}`} className="text-accent text-sm underline">
          Lock of this path
        </Link>
        <Button onClick={onClose}>{outcome === "unknown" ? "Close" : "Done"}</Button>
      </div>
    </div>
  );
}

/** What is left to do, where that is not plain. */
function NextStep({ outcome }: { outcome: RestoreOutcome }) {
  switch (outcome) {
    case "restored":
      return (
        <p className="pt-1 text-muted text-sm">
          The state is protected. The run that held the lock is not revived: if it is dead, the lock stays until it is
          released again.
        </p>
      );
    case "unknown":
      return (
        <p className="pt-1 text-muted text-sm">
          Nothing to do but wait, usually for about a minute: this changes by itself. If you close it, the record gets
          its outcome all the same.
        </p>
      );
    case "partial":
      return (
        <p className="pt-1 text-sm">
          A run that looks only at the half that is missing may still start. Look at the lock, and keep runs away by
          hand.
        </p>
      );
    case "refused":
    case "not_executed":
      return (
        <p className="pt-1 text-sm">See below what kept it. Put that right, then try again while there is time.</p>
      );
    case "changed":
      return null;
  }
}
