import clsx from "clsx";
import { Circle, CircleDashed, CircleDot, TriangleAlert } from "lucide-react";
import type { Lock } from "#lib/domain/lock.ts";
import { describeStatus, type Tone } from "./lock-words.ts";

const LOOKS = {
  broken: { Icon: TriangleAlert, className: "text-broken" },
  look: { Icon: CircleDot, className: "text-look" },
  waiting: { Icon: CircleDashed, className: "text-accent" },
  plain: { Icon: Circle, className: "text-muted" },
} as const satisfies Record<Tone, unknown>;

/** Dot and word. The shape differs with the tone, so that colour is not needed. */
export function StatusMark({ lock, className }: { lock: Pick<Lock, "status" | "attention">; className?: string }) {
  const { word, tone, meaning } = describeStatus(lock);
  const { Icon, className: colour } = LOOKS[tone];
  return (
    <span className={clsx("inline-flex items-center gap-1.5 whitespace-nowrap", className)} title={meaning}>
      <Icon size={14} aria-hidden="true" className={clsx("shrink-0", colour)} />
      <span className={tone === "plain" ? "text-muted" : colour}>{word}</span>
    </span>
  );
}
