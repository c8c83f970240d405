import Link from "next/link";
import { UntrustedText } from "#components/text/untrusted-text.tsx";
import { ExactTime } from "#components/time/relative-time.tsx";
import { CopyButton } from "#components/ui/copy-button.tsx";
import { OutcomeMark } from "#components/unlocks/outcome-mark.tsx";
import type { AuditEventView } from "./audit-event.ts";

/** Events of the trail, newest first; each opens to its signed line. */
export function AuditList({ events }: { events: readonly AuditEventView[] }) {
  return (
    <ol aria-label="Audit events" className="border-line border-t">
      {events.map((event) => (
        <li key={event.seq} className="border-line border-b">
          <details className="text-sm open:bg-hover">
            <summary className="grid list-none grid-cols-[max-content_minmax(0,1fr)] gap-x-4 px-2 py-1.5 hover:bg-hover md:grid-cols-[56px_180px_150px_120px_minmax(0,1fr)_max-content]">
              <span className="text-muted tabular-nums">{event.seq}</span>
              <span className="text-muted">{event.at !== null && <ExactTime iso={event.at} />}</span>
              <span className="font-mono text-xs leading-5">{event.action}</span>
              <span className="truncate">{event.actor}</span>
              <span className="col-span-2 min-w-0 truncate font-mono text-xs leading-5 md:col-span-1">
                {event.subject !== null && <UntrustedText text={event.subject} />}
              </span>
              {event.outcome !== null && <OutcomeMark outcome={event.outcome} />}
            </summary>
            <div className="flex flex-col items-start gap-1 px-2 pb-3">
              {event.unlockId !== null && (
                <Link href={`/unlocks/${event.unlockId}`} className="text-accent underline">
                  Record of the unlock
                </Link>
              )}
              <pre
                // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard.
                tabIndex={0}
                className="max-h-60 w-full overflow-auto rounded-md bg-ground px-3 py-2 font-mono text-xs leading-5 whitespace-pre-wrap break-all"
              >
                <UntrustedLine line={event.line} />
              </pre>
              <CopyButton text={event.line} label="Copy signed line" className="-ml-2" />
            </div>
          </details>
        </li>
      ))}
    </ol>
  );
}

const SHOWN_LENGTH_MAX = 4000;

function UntrustedLine({ line }: { line: string }) {
  return (
    <bdi>
      {line.slice(0, SHOWN_LENGTH_MAX)}
      {line.length > SHOWN_LENGTH_MAX && "…"}
    </bdi>
  );
}
