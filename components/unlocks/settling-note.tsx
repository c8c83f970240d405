"use client";

import { ExactTime } from "#components/time/relative-time.tsx";
import { TimeLeft, useHasCome } from "#components/time/time-left.tsx";
import { Notice } from "#components/ui/notice.tsx";

type Props = {
  /** "removed" or "put back". */
  readonly done: string;
  readonly settledBy: string | null;
};

/** That an outcome is not known, and until when it will be. Nothing here ever says that it worked. */
export function SettlingNote({ done, settledBy }: Props) {
  const isOverdue = useHasCome(settledBy);
  return (
    <Notice tone="look">
      <strong className="font-semibold">It is not known yet whether the lock was {done}.</strong>{" "}
      {settledBy === null ? (
        "It is being found out by reading only."
      ) : isOverdue ? (
        <>
          It should have been settled by <ExactTime iso={settledBy} />. Its place in AWS cannot be read: see Sources for
          the reason. It is tried again and again.
        </>
      ) : (
        <>
          It is settled by reading only, within <TimeLeft iso={settledBy} /> (<ExactTime iso={settledBy} />) at the
          latest. This page changes by itself; nothing is to be done.
        </>
      )}
    </Notice>
  );
}
