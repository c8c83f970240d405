import { nameHalf } from "#components/lock/mechanism-name.ts";
import { UntrustedText } from "#components/text/untrusted-text.tsx";
import { OutcomeMark } from "./outcome-mark.tsx";
import type { OutcomeOf } from "./outcome-words.ts";

type Half = {
  readonly mechanism: string;
  readonly outcome: string;
  readonly detail: string;
  readonly location: string;
  readonly sourceId: string;
};

type Props = { readonly halves: readonly Half[]; readonly of?: OutcomeOf };

/** What became of each half. */
export function HalfOutcomes({ halves, of = "unlock" }: Props) {
  if (halves.length === 0) return null;
  return (
    <ul aria-label="Halves" className="border-line border-t text-sm">
      {halves.map((half) => (
        <li key={`${half.sourceId} ${half.location}`} className="flex flex-col gap-0.5 border-line border-b py-2">
          <span className="flex flex-wrap items-baseline gap-x-3">
            <span className="font-medium">{nameHalf(half.mechanism)}</span>
            <OutcomeMark outcome={half.outcome} of={of} />
          </span>
          <span className="break-all font-mono text-muted text-xs">
            <UntrustedText text={half.location} />
          </span>
          <span className="text-muted">
            <UntrustedText text={half.detail} />
          </span>
        </li>
      ))}
    </ul>
  );
}
