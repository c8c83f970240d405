import { CopyButton } from "#components/ui/copy-button.tsx";

/** Exact bytes, one click away: what the record alone could put back. */
export function RawBytes({ base64, label }: { base64: string; label: string }) {
  return (
    <details className="text-sm">
      <summary className="w-max rounded py-1 text-muted hover:text-ink">{label} (base64)</summary>
      <pre
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard.
        tabIndex={0}
        className="max-h-48 overflow-auto rounded-md bg-hover px-3 py-2 font-mono text-xs leading-5 whitespace-pre-wrap break-all"
      >
        {base64 === "" ? "(0 bytes)" : base64}
      </pre>
      <CopyButton text={base64} label="Copy base64" className="-ml-2" />
    </details>
  );
}
