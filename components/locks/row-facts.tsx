import clsx from "clsx";
import { UntrustedContent } from "#components/text/untrusted-text.tsx";
import { TickingAge } from "#components/time/relative-time.tsx";
import { takenAt } from "#lib/domain/lock-order.ts";
import type { LockRow } from "#lib/domain/lock-row.ts";
import { describeAge, describeHolderGuess, markHolder } from "./lock-words.ts";
import { CELL } from "./row-layout.ts";

type Props = { readonly row: LockRow; readonly isGone: boolean };

/** What is known of a lock, from its holder to its halves. A cell of untrusted text isolates it by `dir`. */
export function RowFacts({ row, isGone }: Props) {
  const taken = takenAt(row);
  return (
    <>
      <HolderCell row={row} />
      <td
        aria-colindex={5}
        dir="auto"
        title={row.operation ?? undefined}
        className={clsx(TEXT, CELL.operation, row.operation === null && "text-muted")}
      >
        <UntrustedContent text={row.operationLabel ?? "unknown"} />
      </td>
      <td aria-colindex={6} title={describeAge(row)} className={clsx("whitespace-nowrap tabular-nums", CELL.age)}>
        {taken === null ? "unknown" : <TickingAge since={taken} />}
      </td>
      <td aria-colindex={7} dir="auto" title={row.headline} className={clsx(TEXT, "text-muted", CELL.evidence)}>
        {row.isLastKnown && !isGone && (
          <span
            className="mr-1.5 rounded bg-look-soft px-1.5 text-look text-xs"
            title="Its source could not be read again"
          >
            last known
          </span>
        )}
        <UntrustedContent text={isGone ? "no longer there" : row.headline} />
      </td>
      <td aria-colindex={8} title={row.region} className={clsx(TEXT, "text-muted", CELL.account)}>
        {row.account}
      </td>
      <td aria-colindex={9} className={clsx(TEXT, "text-muted text-xs", CELL.halves)}>
        {formatHalves(row)}
      </td>
    </>
  );
}

const TEXT = "truncate text-left";

/** Who the lock says holds it, with the mark of the kind we guess. */
function HolderCell({ row: { holder, who } }: Pick<Props, "row">) {
  if (holder === null) {
    return (
      <td aria-colindex={4} className={clsx(TEXT, "text-muted", CELL.holder)}>
        nobody named
      </td>
    );
  }
  return (
    <td
      aria-colindex={4}
      dir="auto"
      title={describeHolderGuess(holder.kind)}
      data-mark={markHolder(holder.kind)}
      className={clsx(TEXT, CELL.holder)}
    >
      <UntrustedContent text={who ?? `${holder.user}@${holder.host}`} />
    </td>
  );
}

/** Which halves exist. */
function formatHalves({ mechanisms }: Pick<LockRow, "mechanisms">): string {
  if (mechanisms.length > 1) return "both";
  return mechanisms.map((mechanism) => (mechanism === "s3" ? "S3" : "DynamoDB")).join();
}
