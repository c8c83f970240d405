import type { ReactNode } from "react";
import { UntrustedText } from "#components/text/untrusted-text.tsx";
import { ExactTime } from "#components/time/relative-time.tsx";
import type { LifeStep } from "#lib/domain/unlock-life.ts";
import { OutcomeMark } from "./outcome-mark.tsx";

const NAMES = { unlock: "Force-unlock", restore: "Putting back" } as const;

/** What one step was, who took it, and how it ended. */
export function LifeStepText({ step }: { step: LifeStep }): ReactNode {
  const name = NAMES[step.of];
  switch (step.kind) {
    case "requested":
      return (
        <Sentence step={step}>
          <strong className="font-semibold">{name} asked for</strong>
        </Sentence>
      );
    case "intent":
      return (
        <p>
          <strong className="font-semibold">Intent committed</strong>: from here on{" "}
          {step.of === "unlock" ? "a delete" : "a put"} could be sent
          {step.until !== null && (
            <>
              , until <ExactTime iso={step.until} /> at the latest
            </>
          )}
        </p>
      );
    case "unknown":
      return (
        <Sentence step={step}>
          <strong className="font-semibold">No certain answer</strong>
        </Sentence>
      );
    case "outcome":
      return (
        <Sentence step={step}>
          <Ended step={step}>{name} ended</Ended>
        </Sentence>
      );
    case "settled":
      return (
        <Sentence step={step}>
          <Ended step={step}>{name} settled by reading only</Ended>
        </Sentence>
      );
    case "refused":
      return (
        <Sentence step={step}>
          <Ended step={step}>{name} ended before an intent, so nothing was sent</Ended>
        </Sentence>
      );
    case "approval_requested":
      return (
        <Sentence step={step}>
          <strong className="font-semibold">Approval asked for</strong>
        </Sentence>
      );
    case "approval_given":
      return (
        <Sentence step={step}>
          <strong className="font-semibold">Approved</strong>
        </Sentence>
      );
    case "glass_broken":
      return (
        <Sentence step={step}>
          <strong className="font-semibold text-broken">Glass broken</strong>: it went past its approval or cool-down
        </Sentence>
      );
    case "glass_reviewed":
      return (
        <Sentence step={step}>
          <strong className="font-semibold">Broken glass reviewed</strong>
        </Sentence>
      );
    case "other":
      return (
        <Sentence step={step}>
          <UntrustedText text={step.action ?? ""} className="font-mono text-xs" />
        </Sentence>
      );
  }
}

function Ended({ step, children }: { step: LifeStep; children: ReactNode }): ReactNode {
  return (
    <>
      <strong className="font-semibold">{children}</strong>
      {step.outcome !== null && (
        <>
          : <OutcomeMark outcome={step.outcome} of={step.of} className="align-bottom" />
        </>
      )}
    </>
  );
}

function Sentence({ step, children }: { step: LifeStep; children: ReactNode }): ReactNode {
  return (
    <p>
      {children}
      {step.actor !== null && (
        <span className="text-muted">
          {" "}
          by <UntrustedText text={step.actor} />
        </span>
      )}
      {step.reason !== null && (
        <>
          {" "}
          “<UntrustedText text={step.reason} />”
        </>
      )}
      {step.problem !== null && (
        <span className="block text-muted">
          <UntrustedText text={step.problem} />
        </span>
      )}
    </p>
  );
}
