import Link from "next/link";
import type { ReactNode } from "react";
import { UntrustedText } from "#components/text/untrusted-text.tsx";
import { ExactTime } from "#components/time/relative-time.tsx";
import { OutcomeMark } from "#components/unlocks/outcome-mark.tsx";
import type { TimelineEvent } from "./lock-timeline.ts";
import { nameHalves } from "./mechanism-name.ts";

/** What happened at a state path, newest first. */
export function Timeline({ events }: { events: readonly TimelineEvent[] }) {
  return (
    <ol className="flex flex-col text-sm">
      {events.map((event) => (
        <li
          key={`${event.kind} ${event.at} ${event.kind === "unlock" ? event.unlock.id : `${event.lockId} ${event.mechanisms}`}`}
          className="grid gap-x-4 border-line border-t py-1.5 first:border-t-0 md:grid-cols-[190px_minmax(0,1fr)]"
        >
          <span className="text-muted text-xs leading-5">
            <ExactTime iso={event.at} />
          </span>
          <span className="min-w-0 break-words">
            <EventText event={event} />
          </span>
        </li>
      ))}
    </ol>
  );
}

function EventText({ event }: { event: TimelineEvent }): ReactNode {
  switch (event.kind) {
    case "seen":
      return (
        <>
          First seen, {nameHalves(event.mechanisms)}: <Holder who={event.who} /> <ShortId lockId={event.lockId} />
        </>
      );
    case "gone":
      return event.unlockId === null ? (
        <>
          Gone, {nameHalves(event.mechanisms)}: released by its holder or removed by other means, not by Lockkeeper{" "}
          <ShortId lockId={event.lockId} />
        </>
      ) : (
        <>
          Gone, {nameHalves(event.mechanisms)}: removed by{" "}
          <Link href={`/unlocks/${event.unlockId}`} className="text-accent underline">
            an unlock
          </Link>{" "}
          <ShortId lockId={event.lockId} />
        </>
      );
    case "unlock":
      return (
        <>
          <Link href={`/unlocks/${event.unlock.id}`} className="text-accent underline">
            Force-unlock
          </Link>{" "}
          by {event.unlock.actor}: <OutcomeMark outcome={event.unlock.outcome} />{" "}
          <span className="text-muted">
            “<UntrustedText text={event.unlock.reason} />”
          </span>
        </>
      );
  }
}

function Holder({ who }: { who: string | null }) {
  return who === null ? <span className="text-muted">nobody named</span> : <UntrustedText text={who} />;
}

function ShortId({ lockId }: { lockId: string | null }) {
  if (lockId === null) return null;
  return (
    <span className="font-mono text-muted text-xs" title={lockId}>
      <UntrustedText text={lockId.slice(0, 8)} />
    </span>
  );
}
