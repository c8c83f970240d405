import Link from "next/link";
import { RawText } from "#components/text/raw-text.tsx";
import { CopyButton } from "#components/ui/copy-button.tsx";
import type { AuditRow } from "./audit-row.ts";

/** One line of the trail: readable, and as it is stored and signed. */
export function AuditLineDetail({ row }: { row: AuditRow }) {
  const pretty = formatPretty(row.line);
  return (
    <div className="flex flex-col gap-2 px-2 pt-1 pb-3">
      {row.unlockId !== null && (
        <Link
          href={`/unlocks/${encodeURIComponent(row.unlockId)}`}
          prefetch={false}
          className="w-max max-w-full text-accent underline"
        >
          Record of the unlock
        </Link>
      )}
      {pretty !== null && <RawText text={pretty} label="Event" rest="The signed line has the rest." isFormatted />}
      <p className="text-muted text-xs">
        Signed line{row.isCut && ": its beginning, since it is very long. The download has it whole."}
      </p>
      <RawText text={row.line} label="Signed line" rest="The download has the rest." />
      {!row.isCut && <CopyButton text={row.line} label="Copy signed line" className="-ml-2 w-max" />}
    </div>
  );
}

/** The event of a line, one field a line; null where the line cannot be read. */
function formatPretty(line: string): string | null {
  try {
    const { event = null } = JSON.parse(line) as { event?: unknown };
    return event === null ? null : JSON.stringify(event, null, 2);
  } catch {
    return null;
  }
}
