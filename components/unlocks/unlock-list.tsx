import { Undo2 } from "lucide-react";
import Link from "next/link";
import { MiddleTruncated } from "#components/text/middle-truncated.tsx";
import { UntrustedText } from "#components/text/untrusted-text.tsx";
import { RelativeTime } from "#components/time/relative-time.tsx";
import type { RestoreOutcome } from "#lib/domain/restore.ts";
import type { UnlockListItem } from "#lib/domain/unlock-view.ts";
import { OutcomeMark } from "./outcome-mark.tsx";
import { describeRestoreOutcome } from "./outcome-words.ts";

/** Records of unlocks, newest first. */
export function UnlockList({ unlocks }: { unlocks: readonly UnlockListItem[] }) {
  return (
    <ul aria-label="Unlocks" className="border-line border-t">
      {unlocks.map((unlock) => (
        <li key={unlock.id} className="relative border-line border-b hover:bg-hover">
          <UnlockRow unlock={unlock} />
        </li>
      ))}
    </ul>
  );
}

function UnlockRow({ unlock }: { unlock: UnlockListItem }) {
  const restored = unlock.restoreOutcome === null ? "" : `, ${describeRestore(unlock.restoreOutcome).toLowerCase()}`;
  return (
    <div className="grid grid-cols-[minmax(0,1fr)_max-content] gap-x-4 gap-y-0.5 px-2 py-2 text-sm md:grid-cols-[150px_minmax(0,2fr)_minmax(0,2fr)_minmax(0,1fr)_120px_104px] md:items-center md:py-1.5">
      <span className="flex flex-col">
        <OutcomeMark outcome={unlock.outcome} />
        {unlock.restoreOutcome !== null && <RestoreMark outcome={unlock.restoreOutcome} />}
      </span>
      <span className="text-right text-muted md:order-last">
        <RelativeTime iso={unlock.requestedAt} />
      </span>
      <Link
        href={`/unlocks/${unlock.id}`}
        prefetch={false}
        aria-label={`${unlock.statePath}, ${unlock.outcome}${restored}`}
        title={unlock.statePath}
        className="col-span-2 flex min-w-0 font-medium font-mono text-xs after:absolute after:inset-0 md:col-span-1"
      >
        <MiddleTruncated text={unlock.stateKey} />
      </Link>
      <span className="col-span-2 truncate text-muted md:col-span-1" title={unlock.reason}>
        <UntrustedText text={unlock.reason} />
      </span>
      <span className="truncate">{unlock.actor}</span>
      <span className="truncate text-right text-muted md:text-left">{unlock.account}</span>
    </div>
  );
}

function RestoreMark({ outcome }: { outcome: RestoreOutcome }) {
  const { sentence } = describeRestoreOutcome(outcome);
  return (
    <span className="inline-flex items-baseline gap-1.5 whitespace-nowrap text-muted" title={sentence}>
      <Undo2 size={14} aria-hidden="true" className="shrink-0 self-center" />
      {describeRestore(outcome)}
    </span>
  );
}

/** Beside the outcome of the unlock, the word alone would not say of what it is. */
function describeRestore(outcome: RestoreOutcome): string {
  return outcome === "unknown" ? "Being put back" : describeRestoreOutcome(outcome).word;
}
