"use client";

import { useId, useRef } from "react";
import { UntrustedText } from "#components/text/untrusted-text.tsx";
import { REASON_LENGTH_MAX, REASON_LENGTH_MIN } from "#lib/domain/unlock.ts";

type Props = {
  readonly reason: string;
  readonly onReason: (reason: string) => void;
  readonly recentReasons?: readonly string[];
  readonly hint: string;
  readonly problem: string | null;
};

/** Why; it stays on the record. Reasons given lately can be taken again. */
export function ReasonField({ reason, onReason, recentReasons = [], hint, problem }: Props) {
  const id = useId();
  const textRef = useRef<HTMLTextAreaElement>(null);
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={id} className="w-max font-medium text-sm">
        Reason
      </label>
      {recentReasons.length > 0 && (
        <ul aria-label="Recent reasons" className="flex flex-wrap gap-1">
          {recentReasons.map((recent) => (
            <li key={recent} className="min-w-0 max-w-full">
              <button
                type="button"
                title={recent}
                onClick={() => {
                  onReason(recent);
                  textRef.current?.focus();
                }}
                className="max-w-full truncate rounded border border-line px-2 py-0.5 text-muted text-xs hover:bg-hover hover:text-ink"
              >
                <UntrustedText text={recent} />
              </button>
            </li>
          ))}
        </ul>
      )}
      <textarea
        ref={textRef}
        id={id}
        rows={2}
        data-autofocus
        value={reason}
        maxLength={REASON_LENGTH_MAX * 2}
        onChange={(event) => onReason(event.target.value)}
        aria-describedby={`${id}-hint`}
        aria-invalid={problem !== null}
        className="rounded-md border border-line-strong bg-ground px-2.5 py-1.5 text-[16px] md:text-sm"
      />
      <p id={`${id}-hint`} className={problem === null ? "text-muted text-xs" : "text-broken text-xs"}>
        {problem ?? `${hint} At least ${REASON_LENGTH_MIN} characters.`}
      </p>
    </div>
  );
}
