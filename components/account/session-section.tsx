"use client";

import { useState } from "react";
import type { ApiProblem } from "#components/api/call.ts";
import { DeclinedNotice } from "#components/recorded-action/declined-notice.tsx";
import { UntrustedText } from "#components/text/untrusted-text.tsx";
import { RelativeTime } from "#components/time/relative-time.tsx";
import { Button } from "#components/ui/button.tsx";
import { Section } from "#components/ui/section.tsx";
import { useIsReady } from "#components/ui/use-is-ready.ts";

/** One browser in which somebody is signed in. */
export type SessionItem = {
  readonly id: string;
  /** The one that shows this page. */
  readonly isCurrent: boolean;
  readonly signedInAt: string;
  readonly lastSeenAt: string | null;
  /** What the browser calls itself, and where it asked from: both as they came, and neither to be trusted. */
  readonly userAgent: string | null;
  readonly address: string | null;
};

type Props = {
  readonly sessions: readonly SessionItem[];
  /** Ends one; answers null when it was ended. */
  readonly onRevoke: (id: string) => Promise<ApiProblem | null>;
};

/** Where somebody is signed in, so that they can end what they do not know. */
export function SessionSection({ sessions, onRevoke }: Props) {
  const isReady = useIsReady();
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const [sendingId, setSendingId] = useState<string | null>(null);
  const revoke = async (id: string) => {
    setSendingId(id);
    setProblem(await onRevoke(id));
    setSendingId(null);
  };
  return (
    <Section title="Where you are signed in" anchor="sessions">
      {problem !== null && <DeclinedNotice problem={problem}>The session goes on.</DeclinedNotice>}
      <ul aria-label="Sessions" className="border-line border-t">
        {sessions.map((session) => (
          <li
            key={session.id}
            className="grid grid-cols-[minmax(0,1fr)_max-content] items-center gap-x-4 border-line border-b px-2 py-2 text-sm"
          >
            <SessionText session={session} />
            {session.isCurrent ? (
              <span className="text-muted">this browser</span>
            ) : (
              <Button
                look="quiet"
                disabled={sendingId !== null || !isReady}
                onClick={() => void revoke(session.id)}
                aria-label={`End the session of ${session.userAgent ?? "an unknown browser"}`}
              >
                {sendingId === session.id ? "Ending" : "End"}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </Section>
  );
}

function SessionText({ session }: { session: SessionItem }) {
  const { userAgent, address, signedInAt, lastSeenAt } = session;
  return (
    <span className="flex min-w-0 flex-col">
      <span className="truncate" title={userAgent ?? undefined}>
        <UntrustedText text={userAgent ?? "Unknown browser"} />
      </span>
      <span className="text-muted">
        signed in <RelativeTime iso={signedInAt} />
        {lastSeenAt !== null && (
          <>
            , last seen <RelativeTime iso={lastSeenAt} />
          </>
        )}
        {address !== null && (
          <>
            , from <UntrustedText text={address} className="font-mono text-xs" />
          </>
        )}
      </span>
    </span>
  );
}
