/** The key that does the same; screen readers get it from `aria-keyshortcuts` instead. */
export function KeyHint({ keys }: { keys: string }) {
  return (
    <span
      aria-hidden="true"
      className="hidden min-w-4 rounded border border-line px-1 text-center font-mono text-muted text-xs md:inline-block"
    >
      {keys}
    </span>
  );
}
