import { nameHalves } from "#components/lock/mechanism-name.ts";
import { UntrustedText } from "#components/text/untrusted-text.tsx";
import type { UnlockView } from "#lib/domain/unlock-view.ts";

/** What putting a lock back does and does not do. The same words stand on the page and in the dialog. */
export function RestoreTerms({ unlock }: { unlock: Pick<UnlockView, "halves" | "who"> }) {
  const removed = unlock.halves.filter((half) => half.outcome === "released");
  if (removed.length === 0) return null;
  return (
    <ul className="flex list-disc flex-col gap-1 pl-5 text-sm marker:text-muted">
      <li>
        Creates {removed.length === 1 && "the "}
        {nameHalves(removed.map((half) => half.mechanism))} again with the same bytes, held by{" "}
        {unlock.who === null ? "nobody who is named" : <UntrustedText text={unlock.who} />}, only if nobody has locked
        since.
      </li>
      <li>It protects the state again; it does not revive the run that held the lock.</li>
      <li>A run that started meanwhile without a lock is not stopped. It can be done once.</li>
    </ul>
  );
}
