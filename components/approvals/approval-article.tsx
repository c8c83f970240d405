import Link from "next/link";
import type { ReactNode } from "react";
import { EvidenceList } from "#components/lock/evidence-list.tsx";
import { LockId } from "#components/lock/holder-facts.tsx";
import { PathHeading } from "#components/lock/path-heading.tsx";
import { UntrustedText } from "#components/text/untrusted-text.tsx";
import { ExactTime, RelativeTime } from "#components/time/relative-time.tsx";
import { TimeLeft } from "#components/time/time-left.tsx";
import { type Fact, Facts } from "#components/ui/facts.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { Section } from "#components/ui/section.tsx";
import { isOpenState } from "#lib/domain/approval.ts";
import type { ApprovalDetail } from "#lib/domain/approval-view.ts";
import { describeOperation } from "#lib/domain/operation.ts";
import { ApprovalDecision } from "./approval-decision.tsx";
import { ApprovalMark } from "./approval-mark.tsx";
import { describeApprovalState } from "./approval-words.ts";
import { ApproverNames } from "./approver-names.tsx";

/** One request: a lock that changed is said first, then who asks and why, the evidence then and now, and the decision. */
export function ApprovalArticle({ approval }: { approval: ApprovalDetail }) {
  return (
    <article className="flex flex-col">
      <header className="flex flex-col gap-2 pb-4">
        <PathHeading bucket={approval.bucket} stateKey={approval.stateKey} workspace={null} />
        <ChangedLock approval={approval} />
        <p className="text-lg">
          <UntrustedText text={approval.requestedBy} className="font-semibold" /> asks to force-unlock it:{" "}
          <q>
            <UntrustedText text={approval.reason} />
          </q>
        </p>
        <Standing approval={approval} />
      </header>
      <div className="grid gap-x-10 lg:grid-cols-2">
        <Section title="When it was asked for">
          <p className="pb-3">
            <UntrustedText text={approval.shown.summary} />
          </p>
          <EvidenceList evidence={approval.shown.evidence} />
        </Section>
        <Section title="Now">
          <LockNow approval={approval} />
        </Section>
      </div>
      <div className="grid gap-x-10 lg:grid-cols-2">
        <Section title="The lock">
          <Facts facts={factsOfLock(approval)} />
        </Section>
        <Section title="The request">
          <Facts facts={factsOfRequest(approval)} />
        </Section>
      </div>
      <ApprovalDecision approval={approval} />
    </article>
  );
}

function ChangedLock({ approval: { state, lockNow } }: { approval: ApprovalDetail }): ReactNode {
  if (lockNow.verdict === "same" || state === "used") return null;
  return (
    <Notice tone="look">
      <strong className="font-semibold">
        {lockNow.verdict === "gone"
          ? "The lock is gone since this was asked for."
          : "The lock changed since this was asked for."}
      </strong>{" "}
      {lockNow.verdict === "changed" && <UntrustedText text={lockNow.summary} />}
    </Notice>
  );
}

function Standing({ approval }: { approval: ApprovalDetail }) {
  const { state, approvedBy, approvedAt, comment, endedBy, endedAt, endNote, expiresAt, unlockId } = approval;
  const isOpen = isOpenState(state);
  return (
    <div className="flex flex-col gap-1 text-sm">
      <p className="flex flex-wrap items-baseline gap-x-2">
        <ApprovalMark state={state} />
        <span className="text-muted">{describeApprovalState(state).sentence}</span>
        {isOpen && (
          <span className="text-muted">
            Expires in <TimeLeft iso={expiresAt} />.
          </span>
        )}
      </p>
      {state === "pending" && (
        <p className="text-muted">
          Who may approve it: <ApproverNames names={approval.approvers} />.
        </p>
      )}
      {approvedBy !== null && approvedAt !== null && (
        <Said who={approvedBy} did="approved it" at={approvedAt} comment={comment} />
      )}
      {(state === "denied" || state === "withdrawn") && endedBy !== null && endedAt !== null && (
        <Said who={endedBy} did={state === "denied" ? "denied it" : "withdrew it"} at={endedAt} comment={endNote} />
      )}
      {state === "void" && endNote !== null && (
        <p>
          <UntrustedText text={endNote} />
        </p>
      )}
      {unlockId !== null && (
        <p>
          <Link href={`/unlocks/${unlockId}`} className="text-accent underline">
            Record of the unlock
          </Link>
        </p>
      )}
    </div>
  );
}

function Said({ who, did, at, comment }: { who: string; did: string; at: string; comment: string | null }) {
  return (
    <p>
      <UntrustedText text={who} className="font-medium" /> {did} <RelativeTime iso={at} />
      {comment !== null && (
        <>
          :{" "}
          <q>
            <UntrustedText text={comment} />
          </q>
        </>
      )}
    </p>
  );
}

function LockNow({ approval: { lockNow, key } }: { approval: ApprovalDetail }) {
  return (
    <>
      {lockNow.verdict === "gone" ? (
        <p className="pb-3">Nothing locks this path now, as far as the last look knows.</p>
      ) : (
        <>
          <p className="pb-3">
            <UntrustedText text={lockNow.summary} />
          </p>
          <EvidenceList evidence={lockNow.evidence} />
        </>
      )}
      <p className="pt-3 text-sm">
        <Link href={`/locks/${key}`} className="text-accent underline">
          Everything about this lock
        </Link>
      </p>
    </>
  );
}

function factsOfLock({ who, operation, lockId, account, accountId, fingerprint }: ApprovalDetail): readonly Fact[] {
  return [
    { name: "Held by", value: who === null ? "nobody named" : <UntrustedText text={who} /> },
    { name: "Operation", value: <UntrustedText text={describeOperation(operation).label} /> },
    { name: "Lock ID", value: <LockId lockId={lockId} /> },
    { name: "Account", value: `${account} (${accountId})` },
    { name: "Fingerprint", value: <span className="break-all font-mono text-xs">{fingerprint}</span> },
  ];
}

function factsOfRequest({ because, requestedAt, expiresAt, id }: ApprovalDetail): readonly Fact[] {
  return [
    { name: "Because", value: because },
    { name: "Asked", value: <ExactTime iso={requestedAt} /> },
    { name: "Expires", value: <ExactTime iso={expiresAt} /> },
    { name: "Request", value: <span className="font-mono text-xs">{id}</span> },
  ];
}
