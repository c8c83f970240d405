import { UntrustedText } from "#components/text/untrusted-text.tsx";
import { RelativeTime } from "#components/time/relative-time.tsx";
import type { SessionView } from "#lib/domain/access/person-view.ts";

/** Where somebody is signed in. */
export function SessionList({ sessions }: { sessions: readonly SessionView[] }) {
  return (
    <ul className="flex flex-col gap-1 pt-1 text-muted text-xs">
      {sessions.map(({ id, startedAtMs, lastUsedAtMs, ipAddress, userAgent }) => (
        <li key={id} className="break-words">
          begun <RelativeTime iso={new Date(startedAtMs).toISOString()} />, used{" "}
          <RelativeTime iso={new Date(lastUsedAtMs).toISOString()} />
          {ipAddress !== null && (
            <>
              , from <span className="font-mono">{ipAddress}</span>
            </>
          )}
          {userAgent !== null && (
            <>
              , <UntrustedText text={userAgent} />
            </>
          )}
        </li>
      ))}
    </ul>
  );
}
