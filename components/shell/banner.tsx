import { Info } from "lucide-react";

type Props = { readonly isSandbox: boolean };

/** Says that nothing here is real, and how to see what is. */
export function Banner({ isSandbox }: Props) {
  if (!isSandbox) return null;
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
