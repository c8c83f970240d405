"use client";

import Link from "next/link";
import { type ReactNode, useEffect, useRef } from "react";
import { HolderNotice } from "#components/recorded-action/holder-notice.tsx";
import { StatePath } from "#components/recorded-action/state-path.tsx";
import { Button } from "#components/ui/button.tsx";
import { HalfOutcomes } from "#components/unlocks/half-outcomes.tsx";
import { OutcomeMark } from "#components/unlocks/outcome-mark.tsx";
import { describeOutcome } from "#components/unlocks/outcome-words.ts";
import type { UnlockOutcome } from "#lib/domain/unlock.ts";
import type { UnlockView } from "#lib/domain/unlock-view.ts";

type Props = { readonly record: UnlockView; readonly onClose: () => void };

/** What became of it, half by half, with the record. Who holds the lock now is said before anything else. */
export function UnlockResult({ record, onClose }: Props) {
  const headingRef = useRef<HTMLHeadingElement>(null);
  const { outcome } = record;
  // The outcome comes where the form was: the focus goes with it, and so does a screen reader.
  useEffect(() => headingRef.current?.focus(), []);
  return (
    <div className="flex flex-col gap-4 pt-2">
      <StatePath bucket={record.bucket} stateKey={record.stateKey} />
      {record.holderNow !== undefined && (
        <HolderNotice holder={record.holderNow} tone={outcome === "changed" ? "look" : "neutral"}>
          {outcome === "changed"
            ? "Nothing was deleted. The lock is now held by"
            : "The lock that was shown is gone. It is already held again, by"}
        </HolderNotice>
      )}
      <div aria-live="polite">
        <h3 ref={headingRef} tabIndex={-1} className="font-semibold text-base outline-none">
          <OutcomeMark outcome={outcome} />
        </h3>
        <p>{describeOutcome(outcome).sentence}</p>
        <NextStep outcome={outcome} />
      </div>
      <HalfOutcomes halves={record.halves} />
      <div className="flex flex-wrap items-center justify-between gap-2">
        <Link href={`/unlocks/${record.id}`} className="text-accent text-sm underline">
          Record <span className="font-mono text-xs">{record.id}</span>
        </Link>
        <Button onClick={onClose}>{outcome === "unknown" ? "Close" : "Done"}</Button>
      </div>
    </div>
  );
}

/** What is left to do, where that is not plain. */
function NextStep({ outcome }: { outcome: UnlockOutcome }): ReactNode {
  if (outcome === "unknown") {
    return (
      <p className="pt-1 text-muted text-sm">
        Nothing to do but wait, usually for about a minute: this changes by itself. If you close it, the record gets its
        outcome all the same.
      </p>
    );
  }
  if (outcome === "partial") {
    return (
      <p className="pt-1 text-sm">
        The half that is left may still block runs. See below what kept it, put that right, then close this and
        force-unlock what is left.
      </p>
    );
  }
  return null;
}
