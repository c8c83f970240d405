"use client";

import { TimeLeft, useHasCome } from "#components/time/time-left.tsx";

/** When a destination is tried again. */
export function NextAttempt({ at }: { at: string }) {
  const isDue = useHasCome(at);
  return (
    <>
      Next attempt{" "}
      {isDue ? (
        "due now"
      ) : (
        <>
          in <TimeLeft iso={at} />
        </>
      )}
    </>
  );
}
