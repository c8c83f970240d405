import { TriangleAlert } from "lucide-react";
import Link from "next/link";
import { UntrustedText } from "#components/text/untrusted-text.tsx";
import { RelativeTime } from "#components/time/relative-time.tsx";
import type { BreakGlassView } from "#lib/domain/approval-view.ts";

const NAMED_MAX = 3;

/** On every page, until somebody else has reviewed it: who went past approval and cool-down, and where. */
export function BrokenGlassBanner({ broken }: { broken: readonly BreakGlassView[] }) {
  if (broken.length === 0) return null;
  const more = broken.length - NAMED_MAX;
  return (
    <aside aria-label="Broken glass" className="border-broken border-b bg-broken-soft px-3 py-1.5 text-sm">
      <ul className="flex flex-col gap-1">
        {broken.slice(0, NAMED_MAX).map(({ unlockId, actor, stateKey, usedAt, canReview }) => (
          <li key={unlockId} className="flex gap-2">
            <TriangleAlert size={16} aria-hidden="true" className="mt-0.5 shrink-0 text-broken" />
            <span className="min-w-0 break-words">
              <strong className="font-semibold">
                <UntrustedText text={actor} /> broke the glass
              </strong>{" "}
              to force-unlock <UntrustedText text={stateKey} className="break-all font-mono text-xs" />{" "}
              <RelativeTime iso={usedAt} />. Nobody has reviewed it.{" "}
              <Link href={`/unlocks/${unlockId}`} className="text-accent underline">
                {canReview ? "Review it" : "Its record"}
              </Link>
            </span>
          </li>
        ))}
      </ul>
      {more > 0 && <p className="pl-6 text-muted">And {more} more that nobody has reviewed.</p>}
    </aside>
  );
}
