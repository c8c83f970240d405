import Link from "next/link";
import { UntrustedText } from "#components/text/untrusted-text.tsx";
import { RelativeTime } from "#components/time/relative-time.tsx";
import type { Departure } from "./lock-timeline.ts";

/** That the lock is gone, and how, as far as it is known. */
export function GoneSentence({ departure }: { departure: Departure | null }) {
  if (departure === null) return <p className="text-lg">Gone. It is not known when, or how.</p>;
  const { at, unlock, unlockId } = departure;
  if (unlockId === null) {
    return (
      <p className="text-lg">
        Gone <RelativeTime iso={at} />: released by its holder or removed by other means, not by Lockkeeper.
      </p>
    );
  }
  return (
    <p className="text-lg">
      Gone <RelativeTime iso={at} />: force-unlocked{unlock !== null && ` by ${unlock.actor}`} (
      <Link href={`/unlocks/${unlockId}`} className="text-accent underline">
        record
      </Link>
      ).
      {unlock !== null && (
        <>
          {" "}
          Reason: “<UntrustedText text={unlock.reason} />”
        </>
      )}
    </p>
  );
}
