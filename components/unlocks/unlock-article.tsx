import Link from "next/link";
import { BrokenGlass } from "#components/approvals/broken-glass.tsx";
import { LockId } from "#components/lock/holder-facts.tsx";
import { nameHalf } from "#components/lock/mechanism-name.ts";
import { PathHeading } from "#components/lock/path-heading.tsx";
import { RestoreSection } from "#components/restore-dialog/restore-section.tsx";
import { RawBytes } from "#components/text/raw-bytes.tsx";
import { RawText } from "#components/text/raw-text.tsx";
import { UntrustedText } from "#components/text/untrusted-text.tsx";
import { type Fact, Facts } from "#components/ui/facts.tsx";
import { Section } from "#components/ui/section.tsx";
import { describeOperation } from "#lib/domain/operation.ts";
import type { HolderNow } from "#lib/domain/unlock.ts";
import type { UnlockLife } from "#lib/domain/unlock-life.ts";
import type { UnlockDetail, UnlockHalfView, UnlockView } from "#lib/domain/unlock-view.ts";
import { LifeTimeline } from "./life-timeline.tsx";
import { OutcomeMark } from "./outcome-mark.tsx";
import { UnlockSentence } from "./unlock-sentence.tsx";

type Props = {
  readonly unlock: UnlockDetail;
  readonly life: UnlockLife;
  /** Who holds the lock of the path now, as far as the last sweep knows. */
  readonly holder: HolderNow | null;
};

/** The record of one unlock: who, what, why, its life step by step, the bytes that were removed, and whether it can be undone. */
export function UnlockArticle({ unlock, life, holder }: Props) {
  return (
    <article className="flex flex-col">
      <header className="flex flex-col gap-2 pb-4">
        <PathHeading bucket={unlock.bucket} stateKey={unlock.stateKey} workspace={null} />
        <UnlockSentence unlock={unlock} />
        <p>
          “<UntrustedText text={unlock.reason} />” <span className="text-muted">{unlock.actor}</span>
        </p>
      </header>
      {unlock.breakGlass !== null && <BrokenGlass broken={unlock.breakGlass} />}
      <Section title="What happened">
        <LifeTimeline unlockId={unlock.id} life={life} />
      </Section>
      <div className="grid gap-x-10 lg:grid-cols-2">
        <Section title="The lock that was shown">
          <Facts facts={listFacts(unlock)} />
        </Section>
        <Section title={unlock.halves.length === 1 ? "Half" : "Halves"}>
          {unlock.halves.length === 0 ? (
            <p className="text-muted text-sm">The lock was gone before its halves were read.</p>
          ) : (
            <ul className="flex flex-col gap-5">
              {unlock.halves.map((half) => (
                <HalfRecord key={`${half.sourceId} ${half.location}`} half={half} />
              ))}
            </ul>
          )}
        </Section>
      </div>
      <RestoreSection unlock={unlock} holder={holder} />
    </article>
  );
}

function listFacts(unlock: UnlockView): readonly Fact[] {
  const { who, operation, holderNow } = unlock;
  const facts: Fact[] = [
    { name: "Held by", value: who === null ? "nobody named" : <UntrustedText text={who} /> },
    { name: "Operation", value: <OperationName raw={operation} /> },
    { name: "Lock ID", value: <LockId lockId={unlock.lockId} /> },
    { name: "Account", value: unlock.account === "" ? "not known" : `${unlock.account} (${unlock.accountId})` },
    { name: "Fingerprint", value: <span className="break-all font-mono text-xs">{unlock.fingerprint}</span> },
    {
      name: "Path",
      value: (
        <Link href={`/locks/${unlock.key}`} className="text-accent underline">
          locks of this path
        </Link>
      ),
    },
    { name: "Record", value: <span className="font-mono text-xs">{unlock.id}</span> },
  ];
  if (holderNow === undefined) return facts;
  return [
    { name: "Held since by", value: <UntrustedText text={holderNow.who ?? "somebody who is not named"} /> },
    ...facts,
  ];
}

function OperationName({ raw }: { raw: string | null }) {
  if (raw === null) return "not known";
  return (
    <>
      <UntrustedText text={describeOperation(raw).label} />{" "}
      <UntrustedText text={raw} className="font-mono text-muted text-xs" />
    </>
  );
}

function HalfRecord({ half }: { half: UnlockHalfView }) {
  return (
    <li className="flex min-w-0 flex-col gap-1.5 text-sm">
      <h3 className="flex flex-wrap items-baseline gap-x-3">
        <span className="font-medium">{nameHalf(half.mechanism)}</span>
        <OutcomeMark outcome={half.outcome} />
        <span className="min-w-0 break-all font-mono text-muted text-xs">
          <UntrustedText text={half.location} />
        </span>
      </h3>
      {half.isRawHidden ? (
        <p className="text-muted">Your access does not include the raw text of this lock.</p>
      ) : half.rawText === null ? (
        <p className="text-muted">Its text could not be read, so the record has no bytes of it.</p>
      ) : (
        <RawText text={half.rawText} label={`Text of the ${nameHalf(half.mechanism)}`} />
      )}
      {half.rawBase64 !== null && <RawBytes base64={half.rawBase64} label="Exact bytes, enough to put it back" />}
      {half.etag !== null && (
        <p className="break-all text-muted text-xs">
          ETag <UntrustedText text={half.etag} className="font-mono" />
        </p>
      )}
    </li>
  );
}
