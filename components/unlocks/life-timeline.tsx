import Link from "next/link";
import type { ReactNode } from "react";
import { nameHalf } from "#components/lock/mechanism-name.ts";
import { UntrustedText } from "#components/text/untrusted-text.tsx";
import { ExactTime } from "#components/time/relative-time.tsx";
import { Notice } from "#components/ui/notice.tsx";
import type { LifeHalf, LifeStep, UnlockLife } from "#lib/domain/unlock-life.ts";
import { LifeStepText } from "./life-step-text.tsx";
import { OutcomeMark } from "./outcome-mark.tsx";
import { describeOutcomeText } from "./outcome-words.ts";

type Props = { readonly unlockId: string; readonly life: UnlockLife };

/** An unlock's life, oldest first: when, who, what AWS answered, and which line of the trail tells so. */
export function LifeTimeline({ unlockId, life }: Props) {
  return (
    <>
      {life.isCut && (
        <Notice tone="neutral" className="mb-2">
          Only the newest lines are told here.{" "}
          <Link href={{ pathname: "/audit", query: { unlockId } }} className="text-accent underline">
            All of them are in the trail
          </Link>
          .
        </Notice>
      )}
      <ol aria-label="Steps" className="flex flex-col text-sm">
        {life.steps.map((step) => (
          <li
            key={step.key}
            className="grid grid-cols-[minmax(0,1fr)_max-content] gap-x-4 gap-y-1 border-line border-t py-2 first:border-t-0 md:grid-cols-[190px_minmax(0,1fr)_max-content]"
          >
            <span className="text-muted text-xs leading-5">
              {step.at === null ? "–" : <ExactTime iso={step.at} isPrecise />}
            </span>
            <div className="col-span-2 row-start-2 flex min-w-0 flex-col gap-1 break-words md:col-span-1 md:row-start-auto">
              <LifeStepText step={step} />
              <StepHalves step={step} />
              <StepWarnings step={step} />
            </div>
            <TrailLink step={step} unlockId={unlockId} />
          </li>
        ))}
      </ol>
    </>
  );
}

function TrailLink({ step, unlockId }: { step: LifeStep; unlockId: string }): ReactNode {
  if (step.seq === null) return <span />;
  return (
    <Link
      href={{ pathname: "/audit", query: { unlockId, line: step.seq }, hash: `line-${step.seq}` }}
      prefetch={false}
      title="Its signed line in the trail"
      className="text-right text-accent text-xs tabular-nums leading-5 underline"
    >
      <span className="sr-only">Line </span>#{step.seq}
    </Link>
  );
}

function StepHalves({ step }: { step: LifeStep }): ReactNode {
  if (step.halves.length === 0) return null;
  return (
    <ul className="flex flex-col gap-1">
      {step.halves.map((half) => (
        <li key={`${half.mechanism} ${half.location}`} className="border-line border-l-2 pl-2.5">
          <HalfStep half={half} step={step} />
        </li>
      ))}
    </ul>
  );
}

function HalfStep({ half, step }: { half: LifeHalf; step: LifeStep }): ReactNode {
  const hasAnswer = step.kind !== "intent";
  return (
    <>
      <span className="flex flex-wrap items-baseline gap-x-2">
        <span className="font-medium">{nameHalf(half.mechanism)}</span>
        {hasAnswer && <OutcomeMark outcome={half.outcome} of={step.of} />}
        {!hasAnswer && (
          <UntrustedText text={half.location} className="min-w-0 break-all font-mono text-muted text-xs" />
        )}
      </span>
      {hasAnswer && (
        <span className="block text-muted">
          <UntrustedText text={half.detail} />
        </span>
      )}
      {half.awsRequestIds.length > 0 && (
        <span className="flex flex-wrap gap-x-2 text-muted text-xs">
          AWS request {half.awsRequestIds.length === 1 ? "ID" : "IDs"}
          {half.awsRequestIds.map((id) => (
            <UntrustedText key={id} text={id} className="max-w-full break-all font-mono" />
          ))}
        </span>
      )}
    </>
  );
}

function StepWarnings({ step }: { step: LifeStep }): ReactNode {
  if (step.isMissing) {
    return (
      <Notice tone="broken">
        The record says so, and the trail has no line of it. One of the two was changed: verify the trail.
      </Notice>
    );
  }
  if (step.recordSays === null) return null;
  return (
    <Notice tone="broken">
      The record has another outcome: {describeOutcomeText(step.recordSays, step.of).word}. One of the two was changed:
      verify the trail.
    </Notice>
  );
}
