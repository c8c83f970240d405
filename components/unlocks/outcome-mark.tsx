import clsx from "clsx";
import { Check, CircleDashed, CircleX, TriangleAlert } from "lucide-react";
import { describeOutcomeText } from "./outcome-words.ts";

const LOOKS = {
  done: { Icon: Check, className: "text-accent" },
  look: { Icon: TriangleAlert, className: "text-look" },
  broken: { Icon: CircleX, className: "text-broken" },
  open: { Icon: CircleDashed, className: "text-look" },
} as const;

/** What became of an unlock, as a mark and a word. */
export function OutcomeMark({ outcome, className }: { outcome: string; className?: string }) {
  const { word, tone, sentence } = describeOutcomeText(outcome);
  const { Icon, className: colour } = LOOKS[tone];
  return (
    <span className={clsx("inline-flex items-baseline gap-1.5 whitespace-nowrap", className)} title={sentence}>
      <Icon size={14} aria-hidden="true" className={clsx("shrink-0 self-center", colour)} />
      <span className={tone === "done" ? undefined : colour}>{word}</span>
    </span>
  );
}
