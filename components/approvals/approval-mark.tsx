import clsx from "clsx";
import { Check, CircleDashed, CircleX, TriangleAlert } from "lucide-react";
import type { ApprovalState } from "#lib/domain/approval.ts";
import { describeApprovalState } from "./approval-words.ts";

const LOOKS = {
  done: { Icon: Check, className: "text-accent" },
  look: { Icon: TriangleAlert, className: "text-look" },
  broken: { Icon: CircleX, className: "text-broken" },
  open: { Icon: CircleDashed, className: "text-look" },
} as const;

type Props = { readonly state: ApprovalState; readonly className?: string };

/** How a request stands, as a mark and a word. */
export function ApprovalMark({ state, className }: Props) {
  const { word, tone, sentence } = describeApprovalState(state);
  const { Icon, className: colour } = LOOKS[tone];
  return (
    <span className={clsx("inline-flex items-baseline gap-1.5 whitespace-nowrap", className)} title={sentence}>
      <Icon size={14} aria-hidden="true" className={clsx("shrink-0 self-center", colour)} />
      <span className={tone === "done" ? undefined : colour}>{word}</span>
    </span>
  );
}
