import { StatusMark } from "#components/locks/status-mark.tsx";
import { CopyableCode } from "#components/text/copyable-code.tsx";
import { UntrustedText } from "#components/text/untrusted-text.tsx";
import { RelativeTime } from "#components/time/relative-time.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { Section } from "#components/ui/section.tsx";
import type { Lock } from "#lib/domain/lock.ts";
import type { LockDetail } from "#lib/domain/lock-detail.ts";
import { describeCommand } from "./cli-command.ts";
import { Consequences } from "./consequences.tsx";
import { EvidenceList } from "./evidence-list.tsx";
import { GoneSentence } from "./gone-notice.tsx";
import { HalfList } from "./half-list.tsx";
import { HolderFacts } from "./holder-facts.tsx";
import { buildTimeline, findDeparture } from "./lock-timeline.ts";
import { PathHeading } from "./path-heading.tsx";
import { Timeline } from "./timeline.tsx";
import { UnlockAction } from "./unlock-action.tsx";

type Props = { readonly detail: LockDetail; readonly recentReasons: readonly string[] };

/** Everything to judge one lock by, in the order a person needs it; the action comes last. */
export function LockArticle({ detail, recentReasons }: Props) {
  const { lock, bucket, stateKey, history, unlocks } = detail;
  return (
    <article className="flex flex-col">
      <header className="flex flex-col gap-2 pb-4">
        <PathHeading bucket={bucket} stateKey={stateKey} workspace={lock?.workspace ?? null} />
        {lock === null ? (
          <GoneSentence departure={findDeparture(history, unlocks)} />
        ) : (
          <>
            <p className="text-lg">
              <UntrustedText text={lock.summary} />
            </p>
            <StatusMark lock={lock} className="text-sm" />
            {lock.isLastKnown && <LastKnownNotice lastSeenAt={lock.lastSeenAt} />}
          </>
        )}
      </header>
      {lock !== null && <PresentLock lock={lock} detail={detail} />}
      <Section title="What happened here">
        {history.length + unlocks.length === 0 ? (
          <p className="text-muted text-sm">Nothing is on record for this path.</p>
        ) : (
          <Timeline events={buildTimeline(history, unlocks)} />
        )}
      </Section>
      {lock !== null && (
        <LockActions lock={lock} mayUnlock={detail.mayUnlock} terms={detail.terms} recentReasons={recentReasons} />
      )}
    </article>
  );
}

function LastKnownNotice({ lastSeenAt }: { lastSeenAt: string }) {
  return (
    <Notice tone="look">
      This is the last known lock, seen <RelativeTime iso={lastSeenAt} />: one of its sources could not be read since.
      See Sources for the reason.
    </Notice>
  );
}

function PresentLock({ lock, detail }: { lock: Lock; detail: LockDetail }) {
  return (
    <>
      <div className="grid gap-x-10 lg:grid-cols-2">
        <Section title="Evidence">
          <EvidenceList evidence={lock.evidence} />
        </Section>
        <Section title="If you force-unlock">
          <Consequences lock={lock} />
        </Section>
      </div>
      <div className="grid gap-x-10 lg:grid-cols-2">
        <Section title="Holder">
          <HolderFacts lock={lock} />
        </Section>
        <Section title={detail.halves.length > 1 ? "Halves" : "Half"}>
          <HalfList halves={detail.halves} />
        </Section>
      </div>
    </>
  );
}

type ActionProps = {
  readonly lock: Lock;
  readonly mayUnlock: boolean;
  readonly terms: LockDetail["terms"];
  readonly recentReasons: readonly string[];
};

function LockActions({ lock, mayUnlock, terms, recentReasons }: ActionProps) {
  const command = describeCommand(lock);
  return (
    <>
      <Section title="The same by Terraform">
        {command.verdict === "offered" ? (
          <>
            <p className="pb-1 text-muted text-sm">
              In an initialised directory. It compares the ID, then deletes without a condition, and it leaves no
              record.
            </p>
            <CopyableCode code={command.text} label="Terraform command" copyLabel="Copy command" />
          </>
        ) : (
          <p className="text-muted text-sm">{command.why}</p>
        )}
      </Section>
      <Section title="Force-unlock">
        <UnlockAction lock={lock} mayUnlock={mayUnlock} terms={terms} recentReasons={recentReasons} />
      </Section>
    </>
  );
}
