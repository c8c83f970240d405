import { Check, CircleDashed, CircleX, TriangleAlert } from "lucide-react";
import type { SourceStatus } from "#lib/domain/source.ts";

const LOOKS = {
  ok: { word: "Read", Icon: Check, className: "text-accent" },
  partial: { word: "Partly read", Icon: TriangleAlert, className: "text-look" },
  error: { word: "Not read", Icon: CircleX, className: "text-broken" },
  pending: { word: "Not read yet", Icon: CircleDashed, className: "text-muted" },
} as const satisfies Record<SourceStatus, unknown>;

/** How the last sweep of a source ended, as a mark and words. */
export function SourceStatusMark({ status }: { status: SourceStatus }) {
  const { word, Icon, className } = LOOKS[status];
  return (
    <span className="inline-flex items-center gap-1.5 whitespace-nowrap">
      <Icon size={14} aria-hidden="true" className={className} />
      <span className={status === "ok" ? undefined : className}>{word}</span>
    </span>
  );
}
