import clsx from "clsx";
import { UntrustedText } from "#components/text/untrusted-text.tsx";
import { TickingAge } from "#components/time/relative-time.tsx";
import type { Lock } from "#lib/domain/lock.ts";
import { HolderMark } from "./holder-mark.tsx";
import { ageStart, describeAge } from "./lock-words.ts";
import { RowCell } from "./row-cell.tsx";

type Props = { readonly lock: Lock; readonly asOf: string; readonly isGone: boolean };

/** What is known of a lock, from its holder to its halves. */
export function RowFacts({ lock, asOf, isGone }: Props) {
  return (
    <>
      <RowCell column="holder" colIndex={4}>
        <HolderMark lock={lock} />
      </RowCell>
      <RowCell column="operation" colIndex={5}>
        <span className={clsx("truncate", lock.operation === null && "text-muted")} title={lock.operation ?? undefined}>
          <UntrustedText text={lock.operationLabel ?? "unknown"} />
        </span>
      </RowCell>
      <RowCell column="age" colIndex={6}>
        <span title={describeAge(lock)} className="tabular-nums">
          {lock.ageMs === null ? "unknown" : <TickingAge ageMs={lock.ageMs} asOf={asOf} since={ageStart(lock)} />}
        </span>
      </RowCell>
      <RowCell column="evidence" colIndex={7}>
        {lock.isLastKnown && !isGone && (
          <span
            className="mr-1.5 shrink-0 rounded bg-look-soft px-1.5 text-look text-xs"
            title="Its source could not be read again"
          >
            last known
          </span>
        )}
        <span className="truncate text-muted" title={lock.headline}>
          <UntrustedText text={isGone ? "no longer there" : lock.headline} />
        </span>
      </RowCell>
      <RowCell column="account" colIndex={8}>
        <span className="truncate text-muted" title={lock.accountId}>
          {lock.account}
        </span>
      </RowCell>
      <RowCell column="halves" colIndex={9}>
        <span className="truncate text-muted text-xs" title={lock.halves.map((half) => half.location).join("\n")}>
          {formatHalves(lock)}
        </span>
      </RowCell>
    </>
  );
}

/** Which halves exist. */
function formatHalves(lock: Pick<Lock, "halves">): string {
  const names = new Set(lock.halves.map((half) => (half.mechanism === "s3" ? "S3" : "DynamoDB")));
  return names.size > 1 ? "both" : ([...names][0] ?? "");
}
