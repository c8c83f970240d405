import { buttonClass } from "#components/ui/button.tsx";
import { type AuditEventFilter, isEmptyFilter } from "#lib/domain/audit-export/audit-filter.ts";
import { formatExportPath } from "./audit-params.ts";

const FORMATS = [
  { format: "csv", label: "CSV" },
  { format: "ocsf", label: "OCSF" },
  { format: "cef", label: "CEF" },
] as const;

/** Downloads: the whole trail to verify, or what matches the filters in the formats of others. */
export function ExportLinks({ filter }: { filter: AuditEventFilter }) {
  const isWhole = isEmptyFilter(filter);
  return (
    <div className="flex flex-wrap items-center gap-x-2 gap-y-1 text-sm">
      <a href="/api/v1/audit" download className={buttonClass("plain")}>
        Download the trail (JSONL)
      </a>
      <span className="text-muted">{isWhole ? "or as" : "or what matches as"}</span>
      {FORMATS.map(({ format, label }) => (
        <a key={format} href={formatExportPath(format, filter)} download className={buttonClass("plain")}>
          {label}
        </a>
      ))}
      <span className="text-muted text-xs">
        Only the JSONL can be verified, and it is always whole. Each download is on the record.
      </span>
    </div>
  );
}
