import type { ReactNode } from "react";
import { UntrustedText } from "#components/text/untrusted-text.tsx";
import { ExactTime } from "#components/time/relative-time.tsx";
import { countEvents } from "./count-events.ts";
import type { TrailStatusView } from "./trail-status-view.ts";

/** The last signed statement of the whole trail, and how much came after it. */
export function CheckpointFacts({ status }: { status: TrailStatusView }): ReactNode {
  const { checkpoint, checkpointVerdict, unsignedEvents, events } = status;
  const isSound = status.verdict.problem === null && checkpointVerdict.problem === null;
  if (checkpoint === null) {
    return events === 0 ? null : (
      <p className="pl-6 text-muted">No checkpoint yet: the first is signed within a minute of the first event.</p>
    );
  }
  return (
    <p className="pl-6 text-muted">
      <span className="text-ink">Last checkpoint</span>: {countEvents(checkpoint.size)}, signed{" "}
      <ExactTime iso={new Date(checkpoint.atMs).toISOString()} />, key{" "}
      <UntrustedText text={checkpoint.keyId} className="font-mono text-xs" />, root{" "}
      <UntrustedText text={checkpoint.root} className="break-all font-mono text-xs" />.{" "}
      {unsignedEvents === 0 ? "No event came since" : `${countEvents(unsignedEvents)} came since`}.
      {isSound && <Compared places={checkpointVerdict.compared} />}{" "}
      <a href="/api/v1/audit/checkpoint" download="checkpoint.txt" className="text-accent underline">
        Download it
      </a>
    </p>
  );
}

function Compared({ places }: { places: TrailStatusView["checkpointVerdict"]["compared"] }): ReactNode {
  if (places.length === 0) return null;
  return (
    <>
      {" "}
      The trail agrees with the checkpoint in{" "}
      {places.map(({ place, size }, index) => (
        <span key={`${place} ${size}`}>
          {index > 0 && ", "}
          <UntrustedText text={place} /> ({size.toLocaleString("en-US")})
        </span>
      ))}
      .
    </>
  );
}
