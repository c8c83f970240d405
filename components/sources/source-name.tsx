import clsx from "clsx";
import { Archive, Table2 } from "lucide-react";
import { UntrustedText } from "#components/text/untrusted-text.tsx";
import type { SourceView } from "#lib/domain/source-view.ts";

type Props = { readonly source: Pick<SourceView, "kind" | "name" | "prefix">; readonly className?: string };

/** A bucket or table by its name, with the mark of its kind. */
export function SourceName({ source, className }: Props) {
  const Icon = source.kind === "s3" ? Archive : Table2;
  return (
    <span className={clsx("inline-flex min-w-0 items-center gap-1.5", className)}>
      <Icon
        size={14}
        role="img"
        aria-label={source.kind === "s3" ? "bucket" : "table"}
        className="shrink-0 text-muted"
      />
      <span className="truncate font-mono text-xs">
        <UntrustedText text={source.prefix === "" ? source.name : `${source.name}/${source.prefix}`} />
      </span>
    </span>
  );
}
