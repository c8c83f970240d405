import { UntrustedText } from "#components/text/untrusted-text.tsx";
import { RelativeTime } from "#components/time/relative-time.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { Section } from "#components/ui/section.tsx";
import type { BreakGlassView } from "#lib/domain/approval-view.ts";
import { BreakGlassReview } from "./break-glass-review.tsx";

const NAMES: ReadonlyMap<string, string> = new Map([
  ["approval", "the approval by a second person"],
  ["rate", "the limit of how many one person may do alone"],
  ["cool_down", "the cool-down after a write of the state"],
]);

/** That approval and cool-down were skipped, and what came of looking into it. */
export function BrokenGlass({ broken }: { broken: BreakGlassView }) {
  const { actor, skipped, reviewedBy, reviewedAt, comment, canReview, unlockId } = broken;
  const names = skipped.map((rule) => NAMES.get(rule) ?? rule);
  return (
    <Section title="Broken glass">
      <Notice tone={reviewedBy === null ? "broken" : "neutral"} className="mb-3">
        <UntrustedText text={actor} /> broke the glass and skipped{" "}
        {names.length === 0 ? "nothing: the policy would have let it pass" : names.join(" and ")}.{" "}
        {reviewedBy === null ? (
          "Nobody has reviewed it."
        ) : (
          <>
            Reviewed by <UntrustedText text={reviewedBy} className="font-medium" />{" "}
            {reviewedAt !== null && <RelativeTime iso={reviewedAt} />}: “<UntrustedText text={comment ?? ""} />”
          </>
        )}
      </Notice>
      {canReview && <BreakGlassReview unlockId={unlockId} />}
      {reviewedBy === null && !canReview && (
        <p className="text-muted text-sm">
          Somebody else who may review it must, before this stops showing on every page.
        </p>
      )}
    </Section>
  );
}
