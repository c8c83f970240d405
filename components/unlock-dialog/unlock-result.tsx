"use client";

import Link from "next/link";
import { type ReactNode, useEffect, useRef } from "react";
import { UntrustedText } from "#components/text/untrusted-text.tsx";
import { RelativeTime } from "#components/time/relative-time.tsx";
import { Button } from "#components/ui/button.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { HalfOutcomes } from "#components/unlocks/half-outcomes.tsx";
import { describeOutcome } from "#components/unlocks/outcome-words.ts";
import { describeOperation } from "#lib/domain/operation.ts";
import type { HolderNow } from "#lib/domain/unlock.ts";
import type { UnlockView } from "#lib/domain/unlock-view.ts";

type Props = { readonly record: UnlockView; readonly onClose: () => void };

/** What became of it, half by half, with the record. Who holds the lock now is said before anything else. */
export function UnlockResult({ record, onClose }: Props) {
  const headingRef = useRef<HTMLHeadingElement>(null);
  const { outcome } = record;
  const { word, sentence } = describeOutcome(outcome);
  // The outcome comes where the form was: the focus goes with it, and so does a screen reader.
  useEffect(() => headingRef.current?.focus(), []);
  return (
    <div className="flex flex-col gap-4 pt-2">
      {record.holderNow !== undefined && <HolderNotice holder={record.holderNow} outcome={outcome} />}
      <div aria-live="polite">
        <h3 ref={headingRef} tabIndex={-1} className="font-semibold text-base outline-none">
          {outcome === "unknown" ? "Not known yet" : word}
        </h3>
        <p>{sentence}</p>
        {outcome === "unknown" && (
          <p className="text-muted text-sm">
            This is looked up every 2 s. You can close this: the record goes on, and gets its outcome in any case.
          </p>
        )}
      </div>
      <HalfOutcomes halves={record.halves} />
      <div className="flex flex-wrap items-center justify-between gap-2">
        <Link href={`/unlocks/${record.id}`} className="text-accent text-sm underline">
          Record <span className="font-mono text-xs">{record.id}</span>
        </Link>
        <Button onClick={onClose}>Done</Button>
      </div>
    </div>
  );
}

function HolderNotice({ holder, outcome }: { holder: HolderNow; outcome: string }): ReactNode {
  const start =
    outcome === "changed"
      ? "Nothing was deleted. The lock is now held by"
      : "The lock that was shown is gone. It is already held again, by";
  return (
    <Notice tone={outcome === "changed" ? "look" : "neutral"}>
      {start}{" "}
      <strong className="font-semibold">
        {holder.who === null ? "somebody who is not named" : <UntrustedText text={holder.who} />}
      </strong>
      {holder.operation !== null && (
        <>
          , running <UntrustedText text={describeOperation(holder.operation).label} />
        </>
      )}
      {holder.createdAt !== null && (
        <>
          , since <RelativeTime iso={holder.createdAt} />
        </>
      )}
      {holder.lockId !== null && (
        <span className="block break-all font-mono text-xs">
          <UntrustedText text={holder.lockId} />
        </span>
      )}
    </Notice>
  );
}
