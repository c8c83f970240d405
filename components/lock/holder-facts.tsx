import { HolderMark } from "#components/locks/holder-mark.tsx";
import { TextWarnings, UntrustedText } from "#components/text/untrusted-text.tsx";
import { ExactTime, RelativeTime } from "#components/time/relative-time.tsx";
import { type Fact, Facts } from "#components/ui/facts.tsx";
import { formatHolderKind } from "#lib/domain/holder.ts";
import type { Lock } from "#lib/domain/lock.ts";

/** What the lock says of its holder, and what we make of it. */
export function HolderFacts({ lock }: { lock: Lock }) {
  const { holder, operation, operationLabel, version } = lock;
  const facts: Fact[] = [
    {
      name: "Who",
      value: (
        <>
          <HolderMark lock={lock} isWhole className="max-w-full font-mono text-xs" />
          {lock.who !== null && <TextWarnings text={lock.who} />}
        </>
      ),
    },
    {
      name: "Kind",
      value:
        holder === null || holder.kind === "unknown"
          ? "not known"
          : `${formatHolderKind(holder.kind)}, a guess by its name`,
    },
    {
      name: "Operation",
      value: (
        <>
          <UntrustedText text={operationLabel ?? "not known"} />{" "}
          {operation !== null && operation !== operationLabel && (
            <span className="font-mono text-muted text-xs">
              <UntrustedText text={operation} />
            </span>
          )}
        </>
      ),
    },
    { name: "Version", value: version === null ? "not known" : <UntrustedText text={version} /> },
    {
      name: "Lock ID",
      value: lock.status === "unreadable" ? "not known: its text cannot be read" : <LockId lockId={lock.lockId} />,
    },
    { name: "Taken", value: <MaybeTime iso={lock.acquiredAt} otherwise="not known: only S3 keeps that time" /> },
    { name: "First tried", value: <MaybeTime iso={lock.createdAt} otherwise="not known" /> },
    { name: "First seen", value: <MaybeTime iso={lock.firstSeenAt} otherwise="" /> },
    { name: "Last seen", value: <RelativeTime iso={lock.lastSeenAt} /> },
    { name: "Account", value: `${lock.account} (${lock.accountId}), ${lock.region}` },
  ];
  return <Facts facts={facts} />;
}

export function LockId({ lockId }: { lockId: string | null }) {
  if (lockId === null) return <span className="text-muted">none: its text has no ID</span>;
  return (
    <span className="break-all font-mono text-xs">
      <UntrustedText text={lockId} />
      <TextWarnings text={lockId} />
    </span>
  );
}

function MaybeTime({ iso, otherwise }: { iso: string | null; otherwise: string }) {
  if (iso === null) return <span className="text-muted">{otherwise}</span>;
  return (
    <>
      <RelativeTime iso={iso} />{" "}
      <span className="text-muted text-xs">
        <ExactTime iso={iso} />
      </span>
    </>
  );
}
