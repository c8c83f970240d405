"use client";

import { useClockText } from "#components/time/clock-provider.tsx";
import { formatDuration } from "#lib/domain/duration.ts";
import type { SourceView } from "#lib/domain/source-view.ts";
import { formatCost } from "./cost-text.ts";
import { isColderThanKnown } from "./freshness.ts";

/** When a source is looked at next, what looking takes, and which of its places are older than the others. */
export function SourceSchedule({ source }: { source: SourceView }) {
  const cost = formatCost(source);
  return (
    <div className="flex flex-col gap-0.5 text-muted text-xs tabular-nums">
      {isColderThanKnown(source) && (
        <p>The first lock of a state that is newer than the whole sweep shows after the next one. Scan to sweep now.</p>
      )}
      <p>
        {source.running === null && source.nextLookAt !== null && (
          <>
            <NextLook atIso={source.nextLookAt} kind={source.nextLook} />
            {cost !== null && ". "}
          </>
        )}
        {cost !== null && <span title="An estimate by list prices, without traffic">{capitalise(cost)}.</span>}
      </p>
    </div>
  );
}

function NextLook({ atIso, kind }: { atIso: string; kind: SourceView["nextLook"] }) {
  const what = kind === "sweep" ? "Next whole sweep" : "Next look at known states";
  const text = useClockText((nowMs) => {
    const inMs = Date.parse(atIso) - nowMs;
    return inMs < 1_000 ? `${what} about now` : `${what} in ${formatDuration(inMs)}`;
  });
  return <time dateTime={atIso}>{text}</time>;
}

function capitalise(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
