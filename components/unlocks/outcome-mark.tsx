import clsx from "clsx";
import { Check, CircleDashed, CircleX, TriangleAlert } from "lucide-react";
import { makeVisible } from "#lib/domain/display-text.ts";
import { describeOutcomeText, type OutcomeOf } from "./outcome-words.ts";

const LOOKS = {
  done: { Icon: Check, className: "text-accent" },
  look: { Icon: TriangleAlert, className: "text-look" },
  broken: { Icon: CircleX, className: "text-broken" },
  open: { Icon: CircleDashed, className: "text-look" },
} as const;

type Props = { readonly outcome: string; readonly of?: OutcomeOf; readonly className?: string };

/** What became of an unlock, or of an attempt to undo one, as a mark and a word. */
export function OutcomeMark({ outcome, of = "unlock", className }: Props) {
  const { word, tone, sentence } = describeOutcomeText(outcome, of);
  const { Icon, className: colour } = LOOKS[tone];
  return (
    <span className={clsx("inline-flex items-baseline gap-1.5 whitespace-nowrap", className)} title={sentence}>
      <Icon size={14} aria-hidden="true" className={clsx("shrink-0 self-center", colour)} />
      <span className={tone === "done" ? undefined : colour}>{makeVisible(word, { maxLength: 40 })}</span>
    </span>
  );
}
