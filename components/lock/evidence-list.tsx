import { Activity, Hourglass, Minus } from "lucide-react";
import { UntrustedText } from "#components/text/untrusted-text.tsx";
import { RelativeTime } from "#components/time/relative-time.tsx";
import type { Evidence } from "#lib/domain/lock.ts";

const GROUPS = [
  { verdict: "for", title: "Speaks for it being stale", Icon: Hourglass, className: "text-look" },
  { verdict: "against", title: "Speaks against", Icon: Activity, className: "text-accent" },
  { verdict: "neutral", title: "Also known", Icon: Minus, className: "text-muted" },
] as const;

/** What speaks for and against a lock being stale, each with its time and where we know it from. */
export function EvidenceList({ evidence }: { evidence: readonly Evidence[] }) {
  return (
    <div className="flex flex-col gap-3">
      {GROUPS.map(({ verdict, title, Icon, className }) => {
        const facts = evidence.filter((each) => each.verdict === verdict);
        if (facts.length === 0) return null;
        return (
          <div key={verdict}>
            <h3 className="pb-0.5 text-muted text-xs">{title}</h3>
            <ul className="flex flex-col gap-1 text-sm">
              {facts.map((fact) => (
                <li key={`${fact.code} ${fact.text}`} className="flex gap-2">
                  <Icon size={14} aria-hidden="true" className={`mt-[3px] shrink-0 ${className}`} />
                  <span className="min-w-0 break-words">
                    <UntrustedText text={fact.text} />{" "}
                    <span className="text-muted text-xs">
                      <UntrustedText text={fact.source} />
                      {fact.at !== null && (
                        <>
                          , <RelativeTime iso={fact.at} />
                        </>
                      )}
                    </span>
                  </span>
                </li>
              ))}
            </ul>
          </div>
        );
      })}
    </div>
  );
}
