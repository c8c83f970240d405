import { ShieldCheck } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";
import { UntrustedText } from "#components/text/untrusted-text.tsx";
import { formatMeasured } from "#components/time/age-text.ts";
import { ExactTime } from "#components/time/relative-time.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { CheckpointFacts } from "./checkpoint-facts.tsx";
import { countEvents } from "./count-events.ts";
import type { TrailStatusView } from "./trail-status-view.ts";

/** Whether the trail is whole up to now, and how much of it is signed. What is wrong cannot be missed. */
export function ChainPanel({ status }: { status: TrailStatusView }) {
  const { problem } = status.verdict;
  const contradiction = status.checkpointVerdict.problem;
  return (
    <section aria-label="Verification" className="flex flex-col gap-2 text-sm">
      {problem === null ? <Verified status={status} /> : <Broken problem={problem} />}
      {contradiction !== null && <Contradicted text={contradiction} isAlone={problem === null} />}
      <CheckpointFacts status={status} />
    </section>
  );
}

function Verified({ status }: { status: TrailStatusView }): ReactNode {
  const { events, verifiedEvents, signaturesFrom, verifiedAtMs, durationMs } = status;
  if (events === 0) return <p className="text-muted">The trail is empty: there is nothing to verify yet.</p>;
  const since = Math.max(0, events - verifiedEvents);
  return (
    <p className="flex gap-2">
      <ShieldCheck size={16} aria-hidden="true" className="mt-0.5 shrink-0 text-accent" />
      <span>
        <strong className="font-semibold">Verified up to event {verifiedEvents.toLocaleString("en-US")}</strong>, at{" "}
        <ExactTime iso={new Date(verifiedAtMs).toISOString()} />, in {formatMeasured(durationMs)}.{" "}
        <span className="text-muted">
          Every number, link and hash is right
          {signaturesFrom <= 1
            ? ", and every signature"
            : `, and every signature from event ${signaturesFrom.toLocaleString("en-US")} on`}
          .{since > 0 && ` ${countEvents(since)} came since.`}
        </span>
      </span>
    </p>
  );
}

/** What speaks against the checkpoints; beside a broken event it is often the same, told from their side. */
function Contradicted({ text, isAlone }: { text: string; isAlone: boolean }): ReactNode {
  if (!isAlone) {
    return (
      <p className="pl-6 text-broken">
        No new checkpoint is signed while this stands: <UntrustedText text={text} />.
      </p>
    );
  }
  return (
    <div role="alert">
      <Notice tone="broken">
        <strong className="block font-semibold text-base text-broken">
          Checkpoints: <UntrustedText text={text} />
        </strong>
        Keep the database as it is, and compare an export with checkpoints that were kept elsewhere.
      </Notice>
    </div>
  );
}

function Broken({ problem }: { problem: { readonly seq: number; readonly message: string } }): ReactNode {
  const { seq, message } = problem;
  return (
    <div role="alert">
      <Notice tone="broken">
        <strong className="block font-semibold text-base text-broken">
          Event {seq}: <UntrustedText text={message} />
        </strong>
        The trail cannot be trusted from event {seq} on. Keep the database as it is, verify an export with a checkpoint
        that was kept elsewhere, and find out who can write to the database.{" "}
        <Link
          href={{ pathname: "/audit", query: { before: seq + 1, line: seq }, hash: `line-${seq}` }}
          prefetch={false}
          className="underline"
        >
          Look at event {seq}
        </Link>
      </Notice>
    </div>
  );
}
