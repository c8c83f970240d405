import type { ReactNode } from "react";
import { UntrustedText } from "#components/text/untrusted-text.tsx";
import { RelativeTime } from "#components/time/relative-time.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { describeOperation } from "#lib/domain/operation.ts";
import type { HolderNow } from "#lib/domain/unlock.ts";

type Props = { readonly holder: HolderNow; readonly tone: "look" | "neutral"; readonly children: ReactNode };

/** Who holds the lock now; `children` says what that means, up to "held by". */
export function HolderNotice({ holder, tone, children }: Props) {
  return (
    <Notice tone={tone}>
      {children}{" "}
      <strong className="font-semibold">
        {holder.who === null ? "somebody who is not named" : <UntrustedText text={holder.who} />}
      </strong>
      {holder.operation !== null && (
        <>
          , running <UntrustedText text={describeOperation(holder.operation).label} />
        </>
      )}
      {holder.createdAt !== null && (
        <>
          , since <RelativeTime iso={holder.createdAt} />
        </>
      )}
      {holder.lockId !== null && (
        <span className="block break-all font-mono text-xs">
          <UntrustedText text={holder.lockId} />
        </span>
      )}
    </Notice>
  );
}
