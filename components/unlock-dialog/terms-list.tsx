import clsx from "clsx";
import { Check, CircleDashed, CircleX, TriangleAlert } from "lucide-react";
import { UntrustedText } from "#components/text/untrusted-text.tsx";
import type { UnlockTermsView } from "#lib/domain/approval-view.ts";

const LOOKS = {
  met: { Icon: Check, className: "text-accent", word: "Met" },
  unknown: { Icon: CircleDashed, className: "text-muted", word: "Not known" },
  needs_approval: { Icon: TriangleAlert, className: "text-look", word: "Needs a second person" },
  refused: { Icon: CircleX, className: "text-broken", word: "Refused now" },
  skipped: { Icon: TriangleAlert, className: "text-broken", word: "Skipped" },
} as const;

type Props = {
  readonly terms: UnlockTermsView;
  /** Texts of rules that are told elsewhere. */
  readonly except: readonly string[];
};

/** Which rules apply to this unlock, and what each would say now. */
export function TermsList({ terms, except }: Props) {
  const findings = terms.findings.filter(({ text }) => !except.includes(text));
  if (findings.length === 0) return null;
  return (
    <section aria-label="Rules" className="flex flex-col gap-1 border-line border-l-2 pl-3 text-sm">
      <h3 className="text-muted text-xs">Rules that apply here</h3>
      <ul className="flex flex-col gap-1">
        {findings.map(({ rule, verdict, text }) => {
          // What a reason must name cannot be judged before there is one.
          const { Icon, className, word } = LOOKS[rule === "ticket" ? "unknown" : verdict];
          return (
            <li key={`${rule} ${text}`} className="flex gap-2">
              <Icon size={14} aria-hidden="true" className={clsx("mt-[3px] shrink-0", className)} />
              <span className="min-w-0 break-words">
                {rule !== "ticket" && <span className="sr-only">{word}: </span>}
                <UntrustedText text={text} />
              </span>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
