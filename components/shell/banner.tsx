import { Info } from "lucide-react";

type Props = { readonly isSandbox: boolean; readonly database: "embedded" | "postgresql" };

/** What everybody must know of this installation: that nothing here is real, or that it is for one process alone. */
export function Banner({ isSandbox, database }: Props) {
  if (isSandbox) {
    return (
      <aside aria-label="About this data" className="flex items-center gap-2 bg-accent-soft px-3 py-1 text-ink text-xs">
        <Info size={14} aria-hidden="true" className="shrink-0 text-accent" />
        <span>
          Demo data from the built-in sandbox. To see your own locks write{" "}
          <code className="font-mono">lockkeeper.yaml</code>.
        </span>
      </aside>
    );
  }
  if (database !== "embedded") return null;
  return (
    <aside aria-label="About this installation" className="border-line border-b px-3 py-1 text-muted text-xs">
      Embedded database: single process, not for shared use.
      <span className="hidden md:inline">
        {" "}
        To share it write <code className="font-mono">DATABASE_URL</code>.
      </span>
    </aside>
  );
}
